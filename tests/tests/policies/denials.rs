//! What a denial is called, on every side of a statement; and what `explain` says.

use tenancy::policy::action;
use tenancy::query::Reach;
use tenancy::{Acting, Error, Ref, Root as _, TenantRoot};

macro_rules! suite {
    ($name:ident, $database:ty, $schema:literal) => {
        mod $name {
            use super::*;
            use tenancy::TenantScoped;
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            pub struct Organization {
                pub id: Uuid,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub struct User {
                pub id: Uuid,
                pub role: String,
            }

            /// Who cannot be compared in Rust, the database compares.
            #[derive(Clone, Copy, Debug, sqlx::Type)]
            #[sqlx(type_name = "text", rename_all = "lowercase")]
            pub enum Status {
                Draft,
                Public,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub struct Document {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub title: String,
                pub locked: bool,
                pub status: Status,
            }

            tenancy::policies! {
                Document, actor: User {
                    guard(create, update) => "titles" {
                        forbid_if title == "root" => "reserved";
                        forbid_if title == "";
                    }
                    create => "authors" { authorize_if owner_id == actor; authorize_if actor.role == "robot"; }
                    read { authorize_unless status == Status::Draft; authorize_if owner_id == actor; }
                    update => "editors" {
                        forbid_if locked => "locked";
                        authorize_if owner_id.any(|owner| owner.role == actor.role);
                    }
                    destroy { authorize_if actor.role == "admin"; }
                }
            }

            #[tokio::test]
            async fn have_a_code() {
                let fresh = tenancy_tests::database::$name($schema).await;
                let acme = Organization::create(NewOrganization {})
                    .execute(&fresh)
                    .await
                    .expect("a tenant");
                tenancy::enter!(acme = acme);
                let mut users = Vec::new();
                for role in ["member", "guest", "robot"] {
                    let new = User::create(NewUser { role: role.into() });
                    users.push(new.fetch_one(&acme).await.expect("a user"));
                }
                let [ann, bob, robot] = &users[..] else {
                    unreachable!("there are three")
                };
                let new = |title: &str, locked| NewDocument {
                    owner_id: ann.into(),
                    title: title.into(),
                    locked,
                    status: Status::Public,
                };
                let acme = acme.acting_as(ann.clone());
                let create = |new| Document::create(new).execute(&acme);
                assert_eq!(code(create(new("root", false)).await), "reserved");
                assert_eq!(code(create(new("", false)).await), "titles");
                let other = NewDocument {
                    owner_id: bob.into(),
                    ..new("a", false)
                };
                assert_eq!(code(create(other).await), "authors");
                // What one may create and not read afterwards.
                let hidden = NewDocument {
                    owner_id: Ref::by_id(Uuid::nil()),
                    ..new("a", false)
                };
                let hidden = Document::create(hidden).fetch_one(&acme).await.map(|_| ());
                assert_eq!(code(hidden), "authors");
                let missing = NewDocument {
                    owner_id: Ref::by_id(ann.id),
                    ..new("a", false)
                };
                create(missing).await.expect("a reference that is there");
                create(new("b", true)).await.expect("permitted");

                let seen = Document::query()
                    .order_by(|d| d.title.asc())
                    .fetch_all(&acme)
                    .await
                    .expect("rows");
                let [free, locked] = &seen[..] else {
                    panic!("{seen:?}")
                };
                let update = |row, title: &str| {
                    Document::update(row)
                        .set(|d| d.title.to(title))
                        .execute(&acme)
                };
                update(free, "c").await.expect("permitted");
                assert_eq!(code(update(locked, "c").await), "locked");
                // The old row passes, the new one does not.
                assert_eq!(code(update(free, "root").await), "reserved");
                assert_eq!(code(update(free, "").await), "titles");
                let given = Document::update(free).set(|d| d.owner_id.to(bob));
                assert_eq!(code(given.execute(&acme).await), "editors");
                let given = Document::update(free).set(|d| d.owner_id.to(Ref::by_id(bob.id)));
                assert_eq!(code(given.execute(&acme).await), "editors");
                // Neither side denies it, and nobody has this id.
                let given = Document::update(free).set(|d| {
                    (d.owner_id.to(Ref::by_id(Uuid::nil())), d.locked.to(false))
                });
                let given = given.fetch_one(&acme).await;
                assert!(
                    matches!(given, Err(Error::Forbidden(_) | Error::InvalidReference)),
                    "{given:?}"
                );
                // No check has a code, and the block has no name.
                assert_eq!(code(Document::destroy(free).execute(&acme).await), "destroy");
                explained(&acme, free, locked).await;

                // Bob is a guest: Ann's document is not his to change, the draft not his to see.
                let acme = acme.verified();
                tenancy::enter!(acme = acme);
                let bob = User::find(bob.id).fetch_one(&acme).await.expect("Bob");
                let robot = User::find(robot.id).fetch_one(&acme).await.expect("a robot");
                let acme = acme.acting_as(bob);
                let row = Document::query()
                    .filter(|d| d.locked.eq(false))
                    .fetch_one(&acme)
                    .await
                    .expect("a row that he may read");
                let update = || Document::update(&row).set(|d| d.title.to("d"));
                assert_eq!(code(update().execute(&acme).await), "editors");
                assert!(!acme.can(action::Update, &row).await.expect("an answer"));
                #[expect(clippy::disallowed_methods, reason = "a constant")]
                let draft = sqlx::AssertSqlSafe("UPDATE documents SET status = 'draft'");
                sqlx::query(draft).execute(&mut *fresh.acquire().await.expect("a connection")).await.expect("an update");
                let gone = update().execute(&acme).await;
                assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
                assert_eq!(acme.reach::<Document, _>(action::Destroy), Reach::NoRow);
                assert_eq!(acme.reach::<Document, _>(action::Update), Reach::SomeRows);
                let _ = robot;
            }

            async fn explained<'t>(
                acme: &Acting<'t, Organization, User>,
                free: &tenancy::Scoped<'t, Document>,
                locked: &tenancy::Scoped<'t, Document>,
            ) {
                assert!(acme.can(action::Update, free).await.expect("an answer"));
                assert!(!acme.can(action::Update, locked).await.expect("an answer"));
                let explanation = acme.explain(action::Update, locked).await.expect("one");
                assert_eq!(
                    explanation.to_string(),
                    "update of documents: denied (locked)\n  \
                       read: allowed\n    \
                         policy: authorizes\n    \
                         * authorize_unless status == Status::Draft [false]\n      \
                           authorize_if owner_id == actor [not reached]\n  \
                       update: denied\n    \
                         guard \"titles\": does not decide\n      \
                           forbid_if title == \"root\" => \"reserved\" [false]\n      \
                           forbid_if title == \"\" [false]\n    \
                         policy \"editors\": forbids\n    \
                         * forbid_if locked => \"locked\" [true]\n      \
                           authorize_if owner_id.any(|owner| owner.role == actor.role) [not reached]"
                );
                let data = serde_json::to_value(&explanation).expect("JSON");
                let check = &data["parts"][1]["blocks"][1]["checks"][0];
                assert_eq!(
                    *check,
                    serde_json::json!({
                        "verb": "forbid_if", "condition": "locked", "code": "locked",
                        "reached": true, "value": "true", "decided": true,
                    })
                );
                let denial = explanation.denial().expect("a denial");
                assert_eq!((denial.action(), denial.code()), ("update", "locked"));
            }
        }
    };
}

fn code(result: tenancy::Result<()>) -> &'static str {
    match result {
        Err(Error::Forbidden(denial)) => denial.code(),
        other => panic!("{other:?}"),
    }
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, role TEXT NOT NULL);
     CREATE TABLE documents (tenant_id BLOB NOT NULL, id BLOB NOT NULL, owner_id BLOB NOT NULL,
         title TEXT NOT NULL, locked BOOLEAN NOT NULL, status TEXT NOT NULL);"
);
suite!(
    postgres,
    sqlx::Postgres,
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, role text NOT NULL);
     CREATE TABLE documents (tenant_id uuid NOT NULL, id uuid NOT NULL, owner_id uuid NOT NULL,
         title text NOT NULL, locked boolean NOT NULL, status text NOT NULL);"
);
