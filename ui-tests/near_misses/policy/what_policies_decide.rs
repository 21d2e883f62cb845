//! Policies, and statements on the rows that they decide about.

#![deny(deprecated)] // what rules that make no sense lead to

use tenancy::policy::{Permits, action};
use tenancy::{Acting, Ref, Scope, Scoped, Tenant, TenantRoot, TenantScoped};
use tenancy::{Changes, Masked, Patch};
use tenancy_ui_tests::{Contract, Document, Letter, NewContract, NewLetter, Organization, User};
use uuid::Uuid;

pub async fn an_actor_reads_and_writes<'t>(
    tenant: Tenant<'t, Organization>,
    user: Scoped<'t, User>,
) -> tenancy::Result<()> {
    let mut acting = tenant.acting_as(user.clone());
    let letters = Letter::query().fetch_all(&acting).await?;
    let new = NewLetter {
        author_id: Ref::from(&user),
        about_id: None,
        text: "Dear all".to_owned(),
        stamps: 1,
        sealed: false,
    };
    let letter = Letter::create(new).fetch_one(&acting).await?;
    for letter in letters.iter().chain([&letter]) {
        Letter::update(letter)
            .set(|l| l.stamps.to(l.stamps.plus(1)))
            .execute(&acting)
            .await?;
    }
    let many = |text: &str| NewLetter {
        author_id: Ref::from(&user),
        about_id: None,
        text: text.to_owned(),
        stamps: 1,
        sealed: false,
    };
    Letter::create_many([many("One"), many("Two")])
        .execute(&acting)
        .await?;
    Letter::upsert(many("One"))
        .on(|l| l.text)
        .execute(&acting)
        .await?;
    // What has no policies needs no actor, and does not mind one.
    Document::query().count(&acting).await?;
    on_the_tenant(&acting).await?;
    let tx = acting.begin().await?;
    anyone(&tx).await?;
    by_a_user(&tx).await?;
    tx.commit().await
}

async fn on_the_tenant(tenant: &Tenant<'_, Organization>) -> tenancy::Result<u64> {
    User::query().count(tenant).await
}

async fn by_a_user(acting: &Acting<'_, Organization, User>) -> tenancy::Result<u64> {
    Letter::query().count(acting).await
}

async fn anyone<'t, E: Scope<'t, Letter>>(on: &E) -> tenancy::Result<u64>
where
    <Letter as tenancy::Model>::Policies: Permits<Letter, E::Actor, action::Read>,
{
    Letter::query().count(on).await
}

/// A model with rules of every kind.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Page {
    pub id: Uuid,
    #[tenancy(belongs_to = User)]
    pub author_id: Uuid,
    #[tenancy(belongs_to = User)]
    pub editor_id: Option<Uuid>,
    pub text: String,
    pub number: i64,
    pub hidden: bool,
    #[tenancy(stored)]
    pub note: Option<String>,
    #[tenancy(default, stored)]
    pub state: String,
    #[tenancy(belongs_to = User, default, stored)]
    pub keeper_id: Option<Uuid>,
}

const LAST: i64 = 99;

tenancy::policies! {
    Page, actor: User {
        check written_by_me = author_id == actor;
        check edited_by_me = editor_id == actor;
        guard(update, destroy) { forbid_if hidden && !(number < self::LAST); }
        bypass(read) { authorize_if actor.age >= 18 && actor.nickname.is_some(); }
        read when actor.age > 3 { forbid_if text == "x"; authorize_if always; }
        read {
            forbid_unless number.is_in([1, 2, { LAST }]);
            authorize_if written_by_me() || edited_by_me();
            authorize_if editor_id.any(|u| u.age > 50 && u.email != "" && actor.age == 1);
            authorize_unless author_id.every(|u| u.nickname.is_none());
        }
        create { forbid_if state == "closed"; authorize_if written_by_me() && keeper_id != actor; }
        update { authorize_if note.is_none() || note == actor.nickname; }
        destroy { authorize_if text == "x"; authorize_if matches!(actor.email.as_str(), "a" | "b"); }
    }
}

/// What is guarded is asked about in filters and orders, and written with plain values.
pub async fn a_guarded_field<'t>(
    acting: &mut Acting<'t, Organization, User>,
    user: &Scoped<'t, User>,
    changes: ContractChanges,
) -> tenancy::Result<Option<i64>> {
    let new = NewContract {
        user_id: user.into(),
        pages: 1,
        days: None,
        salary: 5,
        bonus: Some(6),
    };
    let contract = Contract::create(new).fetch_one(&*acting).await?;
    let salary: &Masked<i64> = &contract.salary;
    let visible: Option<&i64> = salary.visible();
    assert!(visible.is_some() || salary.is_hidden());
    let found = Contract::query()
        .filter(|c| c.salary.ge(5) & !c.bonus.is_null() & c.pages.lt(c.salary))
        .filter(|c| c.salary.gt(c.salary.minus(1)) & c.bonus.in_([1, 2]) & c.salary.ne(c.pages))
        .filter(|c| c.salary.in_query(User::query().select(|u| u.age)))
        .order_by(|c| (c.salary.desc(), c.bonus.asc()));
    found.clone().count(&*acting).await?;
    let found = found.fetch_all(&*acting).await?;
    Contract::update(&contract)
        .set(|c| {
            (
                c.salary.to(7),
                c.bonus.to_null(),
                c.pages.to(c.pages.plus(1)),
            )
        })
        .execute(&*acting)
        .await?;
    Contract::update(&contract)
        .set(|c| c.bonus.to(8))
        .apply(changes)
        .fetch_one(&*acting)
        .await?;
    Contract::update_where(|c| c.salary.lt(3))
        .set(|c| (c.bonus.to(Some(8)), c.days.to(c.days.plus(1))))
        .execute(&*acting)
        .await?;
    let collected = Changes::<Contract>::new().set(|c| c.salary.to(9));
    Contract::update(&contract)
        .apply(collected)
        .execute(&*acting)
        .await?;
    let tx = acting.begin().await?;
    Contract::query()
        .filter(|c| c.salary.eq(1))
        .for_update()
        .fetch_optional(&tx)
        .await?;
    Contract::destroy_where(|c| c.bonus.between(1, 2))
        .fetch_all(&tx)
        .await?;
    tx.commit().await?;
    Ok(found
        .into_iter()
        .find_map(|c| c.into_inner().bonus.into_visible().flatten()))
}

#[derive(Debug, tenancy::Changes)]
#[tenancy(model = Contract)]
pub struct ContractChanges {
    pub salary: Option<i64>,
    pub bonus: Patch<i64>,
}

/// Fields of every kind that can be guarded; and one that nobody sees.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Guarded {
    pub id: Uuid,
    #[tenancy(guarded, default)]
    pub with_a_default: Masked<i64>,
    #[tenancy(generated, guarded)]
    pub generated: Masked<Option<String>>,
    #[tenancy(column = "other", guarded)]
    pub r#type: Masked<bool>,
}

tenancy::policies! {
    Guarded, actor: User {
        read { authorize_if r#type; authorize_if with_a_default == 3; }
        field r#type {}
        field(with_a_default, generated) when actor.age > 3 { authorize_if always; }
        field generated { authorize_if r#type && actor.nickname.is_none(); }
    }
}

/// An actor may itself have guarded fields.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Memo {
    pub id: Uuid,
    pub number: i64,
    pub text: Option<String>,
}

tenancy::policies! {
    Memo, actor: Contract {
        read {
            authorize_if number == actor.salary || number == actor.bonus || number < *&actor.bonus;
            authorize_if actor.salary > 5 && actor.bonus.is_some() && actor.bonus != actor.salary;
            authorize_if number.is_in([actor.salary, &actor.salary, &&actor.salary]);
            authorize_unless number.is_in([1, 2]) && number != &&actor.bonus;
        }
    }
}

/// A part of the program.
#[derive(Debug, tenancy::SystemActor)]
pub enum System {
    Billing,
    Cleanup,
}

tenancy::checks! {
    /// What two actors' rules have in common.
    pub(crate) numbers {
        check small = number < 10;
        check grown = actor.age >= 18;
    }
}

/// A model whose rules look at others.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Leaf {
    pub id: Uuid,
    #[tenancy(belongs_to = Page)]
    pub page_id: Uuid,
    #[tenancy(belongs_to = Leaf)]
    pub next_id: Option<Uuid>,
    pub number: i64,
}

/// What refers to a leaf.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
pub struct Vein {
    pub id: Uuid,
    #[tenancy(belongs_to = Leaf)]
    pub leaf_id: Option<Uuid>,
    pub width: i64,
}

tenancy::policies! {
    Leaf, actor: User {
        use numbers;
        relation veins = Vein.leaf_id;
        read => "readers" {
            forbid_if number > 1000 => "over";
            authorize_if small() && page_id.any(|page| page.number > actor.age + 1 && grown());
            authorize_if next_id.can(read);
            authorize_if veins.every(|vein| vein.width < 3) && tenant.name != "";
        }
        update { authorize_if page_id.can(update); }
    }
}

tenancy::policies! {
    Leaf, actor: System {
        read { authorize_if always; }
        destroy { authorize_if number == 0 && matches!(actor, System::Cleanup); }
    }
}

pub async fn asked_in_advance<'t>(
    acting: Acting<'t, Organization, User>,
    leaf: Scoped<'t, Leaf>,
) -> tenancy::Result<bool> {
    let explanation = acting.explain(action::Update, &leaf).await?;
    println!("{explanation}");
    Ok(acting.can(action::Update, &leaf).await? && acting.can(action::Read, &leaf).await?)
}

pub async fn without_a_user(tenant: Tenant<'_, Organization>) -> tenancy::Result<u64> {
    let acting = tenant.as_system(System::Cleanup, "nightly");
    Leaf::destroy_where(|l| l.number.eq(0))
        .execute(&acting)
        .await
}

/// Another root has its own.
#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite)]
pub struct Club {
    pub id: Uuid,
}

/// Rules that look senseless, and are not.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Note {
    pub id: Uuid,
    #[tenancy(belongs_to = User)]
    pub author_id: Uuid,
    pub text: Option<String>,
    pub number: Option<i64>,
    pub hidden: bool,
}

tenancy::policies! {
    Note, actor: User {
        // Nobody said that `create` is all that there will be.
        guard(create, destroy) { forbid_if hidden; }
        read {
            // NULL is neither, a collation may not tell cases apart, and `LAST` may be anything.
            authorize_if number == 1;
            authorize_unless number == 1 || number == self::LAST;
            forbid_unless text == "note";
            authorize_if text == "Note" && hidden;
            // Said literally.
            forbid_if always;
        }
        create { authorize_if always; }
        // All that apply must authorize, and one must apply.
        update { authorize_if always; }
        update when actor.age < 3 { authorize_if author_id == actor; }
        update when actor.age > 300 { forbid_if always; }
    }
}

tenancy::policies! {
    Note, actor: Page {
        #![allow(unchecked_rules)]
        read {
            authorize_if text == "a" && text == actor.note && hidden && number.is_none();
            authorize_if actor.number == 1 && actor.hidden && actor.text == "b" && number == 1;
            authorize_if actor.text.is_empty() && actor.text.contains('c') && actor.author_id == actor.id;
            authorize_if actor.editor_id.is_some() && hidden == true && actor.text.contains('d');
            authorize_if actor.text.contains('e') && author_id == actor.author_id;
        }
        #[allow(senseless_rules)]
        create { forbid_if hidden; }
        #[allow(senseless_rules)]
        update { authorize_if never; authorize_if author_id == actor.author_id; authorize_if always; }
    }
}

#[derive(Debug, tenancy::SystemActor)]
pub enum Program {
    SignIn,
    CleanUp,
}

// a_token_that_acts_does_not_act_as_someone_else: the program hands over to whom it found.
pub async fn hand_over<'t>(
    acme: Tenant<'t, Organization>,
    id: Uuid,
) -> tenancy::Result<Acting<'t, Organization, User>> {
    let acme = acme.as_system(Program::SignIn, "a user signs in");
    let user = User::find(id).fetch_one(&acme).await?;
    let acme = acme.as_system(Program::CleanUp, "and something else has to be done");
    Ok(acme.acting_as(user))
}
