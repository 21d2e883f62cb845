//! Upserts by what no database goes by: a unique index of some rows, and a key that is looked at later. They say why.

use tenancy::Error;
use tenancy_tests::database;

use crate::{chain, has_the_drivers};

macro_rules! targets {
    ($name:ident, $database:ty, $open:path, $seeds:expr) => {
        mod $name {
            use super::*;
            use tenancy::ddl::Tables;
            use tenancy::{Root as _, TenantRoot, TenantScoped};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                id: Uuid,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct User {
                id: Uuid,
                email: String,
                active: bool,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            struct Page {
                id: Uuid,
                slug: String,
            }

            tenancy::policies! {
                Page, actor: User {
                    read { authorize_if always; }
                    create { authorize_if actor.active; }
                    update { authorize_if always; }
                }
            }

            #[tokio::test]
            async fn they_are_errors_that_say_why() {
                for (seed, why) in $seeds {
                    let db = $open("").await;
                    let tables = Tables::<Organization>::new().with::<User>().with::<Page>();
                    database::run(&db, &tables.sql()).await.expect("the tables");
                    database::run(&db, seed).await.expect(seed);
                    let acme = Organization::create(NewOrganization {}).execute(&db).await;
                    tenancy::enter!(acme = acme.expect("a tenant"));
                    let new = || NewUser {
                        email: "ann@canary".to_owned(),
                        active: true,
                    };
                    let user = User::create(new()).fetch_one(&acme).await.unwrap();
                    let upserted = User::upsert(new()).on(|u| u.email).execute(&acme).await;
                    let acting = acme.acting_as(user);
                    let page = NewPage {
                        slug: "canary".to_owned(),
                    };
                    let judged = Page::upsert(page).on(|p| p.slug).execute(&acting).await;
                    let judged = judged.map(|_| ());
                    for error in [upserted.map(|_| ()), judged] {
                        let error = error.expect_err(seed);
                        assert!(matches!(error, Error::Database(_)), "{error:?}");
                        let said = chain(&error);
                        assert!(said.contains(why), "{said}");
                        assert!(
                            !said.contains("canary") && !has_the_drivers(&error),
                            "{said}"
                        );
                    }
                    assert_eq!(User::query().count(&acting).await.unwrap(), 1);
                    assert_eq!(Page::query().count(&acting).await.unwrap(), 0);
                }
            }
        }
    };
}

targets!(
    sqlite,
    sqlx::Sqlite,
    database::sqlite,
    [(
        "CREATE UNIQUE INDEX active_ones ON users (tenant_id, email) WHERE active;
         CREATE UNIQUE INDEX few ON pages (tenant_id, slug) WHERE slug <> ''",
        "there is no unique index that an upsert can go by",
    )]
);
targets!(
    postgres,
    sqlx::Postgres,
    database::postgres,
    [
        (
            "CREATE UNIQUE INDEX active_ones ON users (tenant_id, email) WHERE active;
             CREATE UNIQUE INDEX few ON pages (tenant_id, slug) WHERE slug <> ''",
            "there is no unique index that an upsert can go by",
        ),
        (
            "ALTER TABLE users ADD UNIQUE (tenant_id, email) DEFERRABLE;
             ALTER TABLE pages ADD UNIQUE (tenant_id, slug) DEFERRABLE INITIALLY DEFERRED",
            "ON CONFLICT does not support deferrable unique constraints",
        ),
    ]
);
