//! What all tenants share is written on the database, or by whom rules or the model name; and rows go with others as
//! models say.

use sqlx::Sqlite;
use tenancy::policy::Cascades;
use tenancy::policy::Unpolicied;
use tenancy::{Acting, Db, NoActor, NoTenant, Scoped, Tenant, TenantScoped, TenantTransaction};
use tenancy_ui_tests::{NewPlan, Organization, Plan, User};
use uuid::Uuid;

// what_all_tenants_share_is_not_written_by_one: it is read there, and written on the database
pub async fn written_on_the_database(acme: &Tenant<'_, Organization>) -> tenancy::Result<()> {
    let new = || NewPlan {
        key: "free".into(),
        value: "0".into(),
    };
    Plan::create(new()).execute(acme.db()).await?;
    Plan::upsert(new()).on(|p| p.key).execute(acme.db()).await?;
    let read = Plan::find("free").fetch_one(acme).await?;
    // … and a row that was read on the tenant is brought there
    let read = acme.db().adopt(acme.detach(read))?;
    Plan::update(&read)
        .set(|p| p.value.to("1"))
        .execute(acme.db())
        .await?;
    Plan::destroy(&read).execute(acme.db()).await
}

// it_is_said_who_writes_only_of_what_all_share: every tenant, if the model says so
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, global = true, written_by_tenants)]
pub struct Word {
    id: Uuid,
    text: String,
}

pub async fn written_by_all(
    acme: &Tenant<'_, Organization>,
    tx: &TenantTransaction<'_, '_, Organization>,
) -> tenancy::Result<()> {
    let new = NewWord { text: "a".into() };
    let word = Word::create(new).fetch_one(acme).await?;
    Word::query().for_update().fetch_all(tx).await?;
    Word::destroy(&word).execute(acme).await
}

// … or whom its policies name; those ask rows of the tenant where there is one
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, global = true, policies, table = "people")]
pub struct Person {
    id: Uuid,
    email: String,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
pub struct Member {
    id: Uuid,
    #[tenancy(belongs_to = Person)]
    person_id: Uuid,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, global = true)]
pub struct Badge {
    id: Uuid,
    #[tenancy(belongs_to = Person)]
    person_id: Uuid,
    gold: bool,
}

tenancy::policies! {
    Person, actor: Person {
        relation members = Member.person_id;
        relation badges = Badge.person_id;
        read { authorize_if members.can(read); authorize_if badges.any(|badge| badge.gold); }
        update { authorize_if id == actor; }
    }
}

tenancy::policies! {
    Person, actor: NoTenant {
        relation badges = Badge.person_id;
        read { authorize_if badges.any(|badge| badge.gold); }
        create { authorize_if always; }
    }
}

// what_was_read_on_the_database_is_not_of_a_tenant: until the tenant adopts it
pub async fn adopted<'t>(
    acme: Tenant<'t, Organization>,
    db: &Db<Sqlite>,
    me: Scoped<'static, Person>,
) -> tenancy::Result<Acting<'t, Organization, Person>> {
    let new = NewPerson { email: "a".into() };
    let guest = Person::create(new).fetch_one(db).await?;
    let guest = acme.adopt(guest)?;
    let new = NewMember {
        person_id: (&guest).into(),
    };
    Member::create(new).execute(&acme).await?;
    let me = acme.adopt(me)?;
    let acting = acme.acting_as(me.clone());
    Person::update(&me)
        .set(|p| p.email.to("b"))
        .execute(&acting)
        .await?;
    Ok(acting)
}

// what_goes_with_a_row_has_policies_for_its_removal: as whom they name
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, destroys(Page.binder_id, Self.inside_id))]
pub struct Binder {
    id: Uuid,
    #[tenancy(belongs_to = Binder)]
    inside_id: Option<Uuid>,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
pub struct Page {
    id: Uuid,
    #[tenancy(belongs_to = Binder)]
    binder_id: Uuid,
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if always; }
        destroy { authorize_if actor.age > 18; }
    }
}

pub async fn removed<'t>(
    acme: &Acting<'t, Organization, User>,
    binder: &Scoped<'t, Binder>,
) -> tenancy::Result<u64> {
    Binder::destroy(binder).execute(acme).await?;
    Binder::destroy_where(|b| b.inside_id.is_null())
        .execute(acme)
        .await
}

// … and generic code says that something is known of what goes along
pub async fn any<'t, M>(acme: &Tenant<'t, M::Root>, row: &Scoped<'t, M>) -> tenancy::Result<()>
where
    M: TenantScoped<Policies = Unpolicied> + Cascades<NoActor>,
{
    M::destroy(row).execute(acme).await
}
