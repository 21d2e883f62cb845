//! What the database is asked: what the actor alone decides adds nothing to a statement, and one that may
//! reach no row is not sent.

use crate::sent::{install, take};

/// The texts of one statement of each kind.
macro_rules! texts {
    ($model:ident, $new:ident, $tx:ident, $owner:expr, $own:expr) => {{
        let (tx, owner) = (&$tx, $owner);
        let new = || $new {
            owner_id: owner.into(),
            title: "new".into(),
        };
        take();
        let _ = $model::query().fetch_all(tx).await.unwrap();
        let _ = $model::query()
            .filter(|p| p.title.ne("none") | p.title.eq("other"))
            .order_by(|p| p.title.asc())
            .limit(10)
            .fetch_all(tx)
            .await
            .unwrap();
        let row = $model::find($own).fetch_one(tx).await.unwrap();
        let _ = $model::query().count(tx).await.unwrap();
        let _ = $model::query().exists(tx).await.unwrap();
        $model::create(new()).execute(tx).await.unwrap();
        let created = $model::create(new()).fetch_one(tx).await.unwrap();
        $model::update(&row)
            .set(|p| p.title.to("new"))
            .execute(tx)
            .await
            .unwrap();
        // A column that rules name.
        $model::update(&row)
            .set(|p| p.owner_id.to(owner))
            .execute(tx)
            .await
            .unwrap();
        let _ = $model::update_where(|p| p.title.eq("new"))
            .set(|p| p.title.to("newer"))
            .fetch_all(tx)
            .await
            .unwrap();
        $model::destroy(&created).execute(tx).await.unwrap();
        let _ = $model::destroy_where(|p| p.title.eq("newer"))
            .execute(tx)
            .await
            .unwrap();
        // A statement is reported before the next one on the same connection begins.
        User::query().exists(tx).await.unwrap();
        take()
    }};
}

macro_rules! suite {
    ($name:ident, $database:ty, $table:literal, $schema:literal) => {
        mod $name {
            use super::*;
            use tenancy::{Root as _, TenantRoot, TenantScoped};
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
                pub admin: bool,
                pub clearance: Option<i64>,
            }

            /// The table without policies.
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = $table)]
            pub struct Plain {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub title: String,
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = $table, policies)]
            pub struct Open {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub title: String,
            }

            tenancy::policies! {
                Open, actor: User {
                    read { authorize_if always; }
                    create { authorize_if always; }
                    update { authorize_if always; }
                    destroy { authorize_if always; }
                }
            }

            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = $table, policies)]
            pub struct Page {
                pub id: Uuid,
                #[tenancy(belongs_to = User)]
                pub owner_id: Uuid,
                pub title: String,
            }

            tenancy::policies! {
                Page, actor: User {
                    check own_or_admin = actor.admin || owner_id == actor;
                    guard(read, create, update, destroy) { forbid_if actor.clearance < 1; }
                    read { authorize_if own_or_admin(); }
                    create { authorize_if own_or_admin(); }
                    update { authorize_if own_or_admin(); }
                    destroy { authorize_if own_or_admin(); }
                }
            }

            #[tokio::test]
            async fn what_the_actor_decides_adds_nothing_to_a_statement() {
                let _turn = install().await;
                let fresh = tenancy_tests::database::$name($schema).await;
                let organization = Organization::create(NewOrganization {});
                let verified = organization.execute(&fresh).await.unwrap();
                let mut texts = Vec::new();
                for (admin, clearance) in [(true, Some(1)), (false, Some(1))] {
                    tenancy::enter!(acme = verified.clone());
                    let user = User::create(NewUser { admin, clearance });
                    let user = user.fetch_one(&acme).await.unwrap();
                    let new = NewPlain {
                        owner_id: (&user).into(),
                        title: "old".into(),
                    };
                    let own = Plain::create(new).fetch_one(&acme).await.unwrap().id;
                    let mut acting = acme.acting_as(user.clone());
                    macro_rules! sent {
                        ($model:ident, $new:ident) => {{
                            let tx = acting.begin().await.unwrap();
                            let sent = texts!($model, $new, tx, &user, own);
                            tx.rollback().await.unwrap();
                            sent
                        }};
                    }
                    texts.push([
                        sent!(Plain, NewPlain),
                        sent!(Open, NewOpen),
                        sent!(Page, NewPage),
                    ]);
                }
                let [plain, open, admin] = &texts[0];
                assert_eq!(plain.len(), 12, "{plain:#?}");
                assert_eq!(plain[0], Plain::query().sql());
                assert_eq!(open, plain);
                assert_eq!(admin, plain);
                let [again, open, member] = &texts[1];
                assert_eq!(again, plain);
                assert_eq!(open, plain);
                for (text, plain) in member.iter().zip(plain) {
                    assert_ne!(text, plain);
                    assert!(text.contains("\"owner_id\" = "), "{text}");
                }
            }

            #[tokio::test]
            async fn a_statement_that_reaches_no_row_is_not_sent() {
                let _turn = install().await;
                let fresh = tenancy_tests::database::$name($schema).await;
                let organization = Organization::create(NewOrganization {});
                let verified = organization.execute(&fresh).await.unwrap();
                // What is unknown of them forbids, too.
                for clearance in [Some(0), None] {
                    tenancy::enter!(acme = verified.clone());
                    let user = User::create(NewUser {
                        admin: true,
                        clearance,
                    });
                    let user = user.fetch_one(&acme).await.unwrap();
                    let new = NewPlain {
                        owner_id: (&user).into(),
                        title: "old".into(),
                    };
                    let own = Plain::create(new).fetch_one(&acme).await.unwrap().id;
                    let mut acting = acme.acting_as(user.clone());
                    let tx = acting.begin().await.unwrap();
                    User::query().exists(&tx).await.unwrap();
                    take();
                    assert!(Page::query().fetch_all(&tx).await.unwrap().is_empty());
                    assert!(Page::find(own).fetch_optional(&tx).await.unwrap().is_none());
                    assert_eq!(Page::query().count(&tx).await.unwrap(), 0);
                    let update = Page::update_where(|p| p.id.eq(own)).set(|p| p.title.to("new"));
                    assert_eq!(update.execute(&tx).await.unwrap(), 0);
                    let destroy = Page::destroy_where(|p| p.id.eq(own));
                    assert_eq!(destroy.execute(&tx).await.unwrap(), 0);
                    User::query().exists(&tx).await.unwrap();
                    assert_eq!(take(), Vec::<String>::new());
                    // Why a row was not created is asked, without creating it.
                    let new = NewPage {
                        owner_id: (&user).into(),
                        title: "new".into(),
                    };
                    let created = Page::create(new).execute(&tx).await;
                    assert!(matches!(created, Err(tenancy::Error::Forbidden(_))));
                    User::query().exists(&tx).await.unwrap();
                    for text in take() {
                        assert!(!text.contains("INSERT"), "{text}");
                    }
                    Plain::query().exists(&tx).await.unwrap();
                    User::query().exists(&tx).await.unwrap();
                    assert_eq!(take().len(), 1);
                    tx.rollback().await.unwrap();
                }
            }
        }
    };
}

suite!(
    sqlite,
    sqlx::Sqlite,
    "pages_of_sqlite",
    "CREATE TABLE organizations (id BLOB PRIMARY KEY);
     CREATE TABLE users (tenant_id BLOB NOT NULL, id BLOB NOT NULL, admin BOOLEAN NOT NULL,
         clearance INTEGER, PRIMARY KEY (tenant_id, id));
     CREATE TABLE pages_of_sqlite (tenant_id BLOB NOT NULL, id BLOB NOT NULL,
         owner_id BLOB NOT NULL, title TEXT NOT NULL, PRIMARY KEY (tenant_id, id));"
);
suite!(
    postgres,
    sqlx::Postgres,
    "pages_of_postgres",
    "CREATE TABLE organizations (id uuid PRIMARY KEY);
     CREATE TABLE users (tenant_id uuid NOT NULL, id uuid NOT NULL, admin boolean NOT NULL,
         clearance bigint, PRIMARY KEY (tenant_id, id));
     CREATE TABLE pages_of_postgres (tenant_id uuid NOT NULL, id uuid NOT NULL,
         owner_id uuid NOT NULL, title text NOT NULL, PRIMARY KEY (tenant_id, id));"
);
