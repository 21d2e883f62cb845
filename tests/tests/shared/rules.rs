//! Rows that all tenants share: written on the database, read on tenants, and by their policies only where the
//! tenant has rows of its own that refer to them.
//!
//! Covers L1 and L39 (the tenant is lost through relations) for models that have no tenant themselves.

use tenancy::policy::action;
use tenancy::{Error, NoTenant, Root as _, TenantRoot};
use tenancy_tests::grounds;

macro_rules! suite {
    ($ground:ident, $database:ty, [$($root:tt)*], [$($strategy:tt)*], $schema:literal $(, $secured:expr)?) => {
        mod $ground {
            use super::*;
            use tenancy::TenantScoped;
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database $($root)*)]
            pub struct Organization {
                pub id: Uuid,
                pub name: String,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, global = true, policies, table = "people")]
            pub struct Person {
                pub id: Uuid,
                pub email: String,
                pub retired: bool,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization $($strategy)*)]
            pub struct Member {
                pub id: Uuid,
                #[tenancy(belongs_to = Person)]
                pub person_id: Uuid,
                pub admin: bool,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization $($strategy)*, policies)]
            pub struct Card {
                pub id: Uuid,
                #[tenancy(belongs_to = Person)]
                pub holder_id: Uuid,
            }

            #[derive(Debug, tenancy::SystemActor)]
            pub struct Registrar;

            tenancy::policies! {
                Person, actor: Member {
                    relation memberships = Member.person_id;
                    check ours = memberships.can(read);

                    read { authorize_if ours(); }
                    update {
                        // The tenant in which somebody acts may be asked, too.
                        forbid_if tenant.name == "Two" => "closed";
                        authorize_if id == actor.person_id;
                        authorize_if actor.admin && !memberships.any(|member| member.admin);
                    }
                    destroy { authorize_if actor.admin; }
                }
            }

            tenancy::policies! {
                Person, actor: Registrar {
                    read { authorize_if always; }
                    create { authorize_if always; }
                }
            }

            tenancy::policies! {
                Person, actor: NoTenant {
                    read { authorize_unless retired; }
                    create { authorize_if always; }
                    update { authorize_if always; }
                }
            }

            tenancy::policies! {
                Card, actor: Member {
                    read { authorize_if holder_id.can(read); }
                    create { authorize_if always; }
                }
            }

            fn member(person: tenancy::Ref<'_, Person>, admin: bool) -> NewMember<'_> {
                NewMember {
                    person_id: person,
                    admin,
                }
            }

            #[tokio::test]
            async fn are_seen_where_rows_of_the_tenant_refer_to_them() {
                let names = std::cell::Cell::new("One");
                let new = || NewOrganization { name: names.replace("Two").into() };
                let ground = grounds::$ground::<Organization>($schema $(, $secured)?, new).await;
                let [(acme, _), (globex, _)] = &ground.tenants;
                let db = acme.db().clone();
                tenancy::enter!(own = acme.clone());
                tenancy::enter!(other = globex.clone());

                let mut people = Vec::new();
                for name in ["ann", "bob", "cy"] {
                    let new = NewPerson { email: name.into(), retired: false };
                    people.push(Person::create(new).fetch_one(&db).await.unwrap().id);
                }
                // The program's own part, within a tenant.
                tenancy::enter!(registry = acme.clone());
                let registry = registry.as_system(Registrar, "a test");
                let new = NewPerson { email: "dot".into(), retired: true };
                people.push(Person::create(new).fetch_one(&registry).await.unwrap().id);
                // On the database there are rules, too.
                assert_eq!(Person::query().count(&db).await.unwrap(), 3);
                let ann = Person::find(people[0]).fetch_one(&db).await.unwrap();
                let bob = Person::find(people[1]).fetch_one(&db).await.unwrap();
                let cy = Person::find(people[2]).fetch_one(&db).await.unwrap();
                assert!(Person::find(people[3]).fetch_optional(&db).await.unwrap().is_none());

                // Ann is in both tenants, Bob in the one, Cy in the other.
                let own_ann = own.adopt(ann.clone()).unwrap();
                let own_bob = own.adopt(bob).unwrap();
                let boss = member((&own_ann).into(), true);
                let boss = Member::create(boss).fetch_one(&own).await.unwrap();
                let clerk = member((&own_bob).into(), false);
                let clerk = Member::create(clerk).fetch_one(&own).await.unwrap();
                let (other_ann, other_cy) = (other.adopt(ann).unwrap(), other.adopt(cy).unwrap());
                Member::create(member((&other_ann).into(), false)).execute(&other).await.unwrap();
                let there = member((&other_cy).into(), true);
                let there = Member::create(there).fetch_one(&other).await.unwrap();
                let other = other.acting_as(there);
                assert!(!other.can(action::Update, &other_cy).await.unwrap());
                let closed = Person::update(&other_cy).set(|p| p.email.to("x")).execute(&other).await;
                assert!(
                    matches!(&closed, Err(Error::Forbidden(denial)) if denial.code() == "closed"),
                    "{closed:?}"
                );
                let none = Person::update_where(|_| tenancy::Condition::all()).set(|p| p.email.to("x")).execute(&other);
                assert_eq!(none.await.unwrap(), 0);

                let own = own.acting_as(boss.clone());
                let seen = Person::query().order_by(|p| p.email.asc()).fetch_all(&own).await.unwrap();
                let emails: Vec<_> = seen.iter().map(|person| person.email.as_str()).collect();
                assert_eq!(emails, ["ann", "bob"]);
                assert_eq!(Person::query().count(&own).await.unwrap(), 2);
                assert!(!Person::query().filter(|p| p.email.eq("cy")).exists(&own).await.unwrap());
                assert!(Person::find(people[2]).fetch_optional(&own).await.unwrap().is_none());
                assert_eq!(Person::find_many(people.clone()).fetch_all(&own).await.unwrap().len(), 2);

                // Rules of rows of the tenant look at those that are shared, and these back at the tenant.
                let card = |holder| NewCard { holder_id: holder };
                let own_cy = own.adopt(Person::find(people[2]).fetch_one(&db).await.unwrap()).unwrap();
                Card::create(card((&own_bob).into())).execute(&own).await.unwrap();
                Card::create(card((&own_cy).into())).execute(&own).await.unwrap();
                let cards = Card::query().fetch_all(&own).await.unwrap();
                assert_eq!(cards.iter().map(|card| card.holder_id).collect::<Vec<_>>(), [people[1]]);

                // A bulk update reaches the tenant's members alone, and of these those that the rules permit.
                let renamed = Person::update_where(|_| tenancy::Condition::all())
                    .set(|p| p.email.to("renamed"))
                    .execute(&own)
                    .await;
                assert_eq!(renamed.unwrap(), 2);
                let cy = Person::find(people[2]).fetch_one(&db).await.unwrap();
                assert_eq!(cy.email, "cy");
                // One that is not the tenant's is not there, whether it exists or not.
                let gone = Person::update(&own_cy).set(|p| p.email.to("x")).execute(&own).await;
                assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
                let gone = Person::destroy(&own_cy).execute(&own).await;
                assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
                assert!(own.can(action::Update, &own_bob).await.unwrap());
                assert!(own.can(action::Update, &own_cy).await.is_ok_and(|can| !can));

                // As a clerk: oneself, and nobody else.
                tenancy::enter!(again = acme.clone());
                let clerk = Member::find(clerk.id).fetch_one(&again).await.unwrap();
                let again = again.acting_as(clerk);
                let bob = Person::find(people[1]).fetch_one(&again).await.unwrap();
                Person::update(&bob).set(|p| p.email.to("bob")).execute(&again).await.unwrap();
                let ann = Person::find(people[0]).fetch_one(&again).await.unwrap();
                let denied = Person::update(&ann).set(|p| p.email.to("x")).execute(&again).await;
                assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");

                // Who leaves is not seen any more.
                let left = Member::destroy_where(|m| m.person_id.eq(people[1])).execute(&*again).await;
                assert_eq!(left.unwrap(), 1);
                assert_eq!(Person::query().count(&own).await.unwrap(), 1);
            }
        }
    };
}

suite!(
    attribute_on_sqlite,
    sqlx::Sqlite,
    [],
    [],
    "CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL);
     CREATE TABLE people (id BLOB PRIMARY KEY NOT NULL, email TEXT NOT NULL, retired BOOLEAN NOT NULL);
     CREATE TABLE members (tenant_id BLOB NOT NULL, id BLOB NOT NULL,
         person_id BLOB NOT NULL REFERENCES people (id), admin BOOLEAN NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE cards (tenant_id BLOB NOT NULL, id BLOB NOT NULL,
         holder_id BLOB NOT NULL REFERENCES people (id), PRIMARY KEY (tenant_id, id))"
);

suite!(
    attribute_on_postgres,
    sqlx::Postgres,
    [],
    [],
    "CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL);
     CREATE TABLE people (id uuid PRIMARY KEY, email text NOT NULL, retired boolean NOT NULL);
     CREATE TABLE members (tenant_id uuid NOT NULL, id uuid NOT NULL,
         person_id uuid NOT NULL REFERENCES people (id), admin boolean NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE cards (tenant_id uuid NOT NULL, id uuid NOT NULL,
         holder_id uuid NOT NULL REFERENCES people (id), PRIMARY KEY (tenant_id, id))"
);

suite!(
    rls,
    sqlx::Postgres,
    [, rls],
    [],
    "CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL);
     CREATE TABLE people (id uuid PRIMARY KEY, email text NOT NULL, retired boolean NOT NULL);
     CREATE TABLE members (tenant_id uuid NOT NULL, id uuid NOT NULL,
         person_id uuid NOT NULL REFERENCES people (id), admin boolean NOT NULL, PRIMARY KEY (tenant_id, id));
     CREATE TABLE cards (tenant_id uuid NOT NULL, id uuid NOT NULL,
         holder_id uuid NOT NULL REFERENCES people (id), PRIMARY KEY (tenant_id, id))",
    &["organizations id", "members tenant_id", "cards tenant_id"]
);

suite!(
    schemas,
    sqlx::Postgres,
    [, schemas],
    [, strategy = schema],
    "CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL);
     CREATE TABLE people (id uuid PRIMARY KEY, email text NOT NULL, retired boolean NOT NULL);;
     CREATE TABLE members (id uuid PRIMARY KEY, person_id uuid NOT NULL, admin boolean NOT NULL);
     CREATE TABLE cards (id uuid PRIMARY KEY, holder_id uuid NOT NULL)"
);

macro_rules! origin {
    ($database:ident, $type:ty, $schema:literal) => {
        mod $database {
            use super::*;
            use tenancy::{Ref, TenantScoped};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $type)]
            pub struct Organization {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, global = true)]
            pub struct Plan {
                pub id: Uuid,
                pub name: String,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, global = true)]
            pub struct Offer {
                pub id: Uuid,
                #[tenancy(belongs_to = Plan)]
                pub plan_id: Uuid,
                #[tenancy(belongs_to = Plan)]
                pub next_id: Option<Uuid>,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct Contract {
                pub id: Uuid,
                #[tenancy(belongs_to = Plan)]
                pub plan_id: Uuid,
            }

            /// Two databases with a tenant and a plan in each.
            #[tokio::test]
            async fn tells_rows_of_two_databases_apart() {
                let here = tenancy_tests::database::$database($schema).await;
                let there = tenancy_tests::database::$database($schema).await;
                let (here, there) = (&*here, &*there);
                let new = |name: &str| NewPlan { name: name.into() };
                let ours = Plan::create(new("ours")).fetch_one(here).await.unwrap();
                let theirs = Plan::create(new("theirs")).fetch_one(there).await.unwrap();
                let acme = Organization::create(NewOrganization {})
                    .execute(here)
                    .await
                    .unwrap();
                tenancy::enter!(acme = acme);

                // What acts, or is referred to, in a tenant, was read in its database.
                let foreign = acme.adopt(theirs.clone()).map(drop);
                assert!(matches!(foreign, Err(Error::NotFound)), "{foreign:?}");
                let adopted = acme.adopt(ours.clone()).unwrap();
                let contract = Contract::create(NewContract {
                    plan_id: (&adopted).into(),
                });
                contract.execute(&acme).await.unwrap();
                let acting = acme.acting_as(adopted);
                assert_eq!(acting.actor().name, "ours");
                assert_eq!(Contract::query().count(&acting).await.unwrap(), 1);

                // And back, to be written: a tenant reads it only.
                let read = Plan::find(ours.id).fetch_one(&acting).await.unwrap();
                let read = acting.detach(read);
                let wrong = there.adopt(read.clone()).map(drop);
                assert!(matches!(wrong, Err(Error::NotFound)), "{wrong:?}");
                let read = here.adopt(read).unwrap();
                Plan::update(&read)
                    .set(|p| p.name.to("mine"))
                    .execute(here)
                    .await
                    .unwrap();

                // A row is written in the database that it was read in.
                let same_id = Plan::create(new("copy")).with_key(ours.id);
                same_id.execute(there).await.unwrap();
                let wrong = Plan::update(&ours)
                    .set(|p| p.name.to("x"))
                    .execute(there)
                    .await;
                assert!(matches!(wrong, Err(Error::NotFound)), "{wrong:?}");
                let wrong = Plan::destroy(&ours).execute(there).await;
                assert!(matches!(wrong, Err(Error::NotFound)), "{wrong:?}");
                assert_eq!(
                    Plan::find(ours.id).fetch_one(there).await.unwrap().name,
                    "copy"
                );

                // A reference to a row of another database is an id that has to be proven.
                let offer = |plan| NewOffer {
                    plan_id: plan,
                    next_id: None,
                };
                let wrong = Offer::create(offer((&theirs).into())).execute(here).await;
                assert!(matches!(wrong, Err(Error::InvalidReference)), "{wrong:?}");
                let wrong = Offer::create_many([offer((&ours).into()), offer(theirs.key().into())]);
                let wrong = wrong.execute(here).await;
                assert!(matches!(wrong, Err(Error::InvalidReference)), "{wrong:?}");
                let wrong = Offer::upsert(offer((&theirs).into()))
                    .on(|o| o.plan_id)
                    .execute(here)
                    .await;
                assert!(matches!(wrong, Err(Error::InvalidReference)), "{wrong:?}");
                let stored = Offer::create(offer((&ours).into()))
                    .fetch_one(here)
                    .await
                    .unwrap();
                let wrong = Offer::update(&stored)
                    .set(|o| o.next_id.to(Some(Ref::from(&theirs))))
                    .execute(here)
                    .await;
                assert!(matches!(wrong, Err(Error::InvalidReference)), "{wrong:?}");
                assert_eq!(Offer::query().count(here).await.unwrap(), 1);
                // The same id is there, too: then it is proven, by the statement.
                let proven = Offer::create(offer((&ours).into())).execute(there).await;
                proven.unwrap();
            }
        }
    };
}

// Without foreign keys, which would notice by themselves.
origin!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL);
     CREATE TABLE plans (id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL);
     CREATE TABLE offers (id BLOB PRIMARY KEY NOT NULL, plan_id BLOB NOT NULL UNIQUE, next_id BLOB);
     CREATE TABLE contracts (tenant_id BLOB NOT NULL, id BLOB NOT NULL, plan_id BLOB NOT NULL)"
);

origin!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE plans (id uuid PRIMARY KEY, name text NOT NULL);
     CREATE TABLE offers (id uuid PRIMARY KEY, plan_id uuid NOT NULL UNIQUE, next_id uuid);
     CREATE TABLE contracts (tenant_id uuid NOT NULL, id uuid NOT NULL, plan_id uuid NOT NULL)"
);
