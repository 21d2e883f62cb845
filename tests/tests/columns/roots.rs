//! Tenants that are known by text, by numbers, and by newtypes.

use tenancy::{Error, Root as _};
use tenancy_tests::database;

macro_rules! root {
    ($name:ident, $database:ty, $open:path, $sql:literal, $key:ty, $one:expr, $other:expr) => {
        mod $name {
            use super::*;
            use tenancy::{TenantRoot, TenantScoped};

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database, table = "workspaces")]
            struct Workspace {
                #[tenancy(given)]
                id: $key,
                name: String,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Workspace)]
            struct Page {
                #[tenancy(given)]
                id: String,
                tenant_id: $key,
            }

            #[tokio::test]
            async fn tenants_are_kept_apart() {
                let db = $open(concat!(
                    "CREATE TABLE workspaces (id ",
                    $sql,
                    " PRIMARY KEY NOT NULL, name TEXT NOT NULL);",
                    "CREATE TABLE pages (id TEXT NOT NULL, tenant_id ",
                    $sql,
                    " NOT NULL,",
                    "PRIMARY KEY (tenant_id, id))"
                ))
                .await;
                let create = async |id, name: &str| {
                    Workspace::create(NewWorkspace {
                        id,
                        name: name.into(),
                    })
                    .execute(&db)
                    .await
                    .expect("a tenant")
                };
                let (one, other) = (create($one, "one").await, create($other, "other").await);
                tenancy::enter!(one = one);
                tenancy::enter!(other = other);

                Page::create(NewPage { id: "home".into() })
                    .execute(&one)
                    .await
                    .expect("a page");
                Page::create(NewPage { id: "home".into() })
                    .execute(&other)
                    .await
                    .expect("a page");
                Page::create(NewPage { id: "more".into() })
                    .execute(&other)
                    .await
                    .expect("a page");
                assert_eq!(Page::query().count(&one).await.ok(), Some(1));
                assert_eq!(Page::query().count(&other).await.ok(), Some(2));
                let missing = Page::find("more").fetch_one(&one).await;
                assert!(matches!(missing, Err(Error::NotFound)));
                let page = Page::find("home").fetch_one(&one).await.expect("the page");
                assert!(page.tenant_id == $one);
                Page::destroy(&page)
                    .execute(&one)
                    .await
                    .expect("its removal");
                assert_eq!(Page::query().count(&other).await.ok(), Some(2));

                // A tenant sees its own row of the root and no other.
                let own = Workspace::query()
                    .fetch_all(&one)
                    .await
                    .expect("the own row");
                assert_eq!(own.len(), 1);
                assert_eq!(own[0].name, "one");
                assert!(own[0].id == $one);
                Workspace::update(&own[0])
                    .set(|w| w.name.to("renamed"))
                    .execute(&one)
                    .await
                    .expect("a new name");
                let unchanged = Workspace::query()
                    .fetch_one(&other)
                    .await
                    .expect("the own row");
                assert_eq!(unchanged.name, "other");
            }
        }
    };
}

/// A newtype that identifies tenants.
#[derive(Clone, Debug, PartialEq, Eq, tenancy::Id)]
struct Slug(String);

root!(
    sqlite_text,
    sqlx::Sqlite,
    database::sqlite,
    "TEXT",
    String,
    "o'ne".to_owned(),
    "".to_owned()
);
root!(
    sqlite_small,
    sqlx::Sqlite,
    database::sqlite,
    "INTEGER",
    i32,
    -1_i32,
    0_i32
);
root!(
    sqlite_large,
    sqlx::Sqlite,
    database::sqlite,
    "INTEGER",
    i64,
    i64::MAX,
    i64::MIN
);
root!(
    sqlite_slug,
    sqlx::Sqlite,
    database::sqlite,
    "TEXT",
    Slug,
    Slug("a".into()),
    Slug("b".into())
);
root!(
    postgres_text,
    sqlx::Postgres,
    database::postgres,
    "TEXT",
    String,
    "o'ne".to_owned(),
    "".to_owned()
);
root!(
    postgres_small,
    sqlx::Postgres,
    database::postgres,
    "INTEGER",
    i32,
    -1_i32,
    0_i32
);
root!(
    postgres_large,
    sqlx::Postgres,
    database::postgres,
    "BIGINT",
    i64,
    i64::MAX,
    i64::MIN
);
root!(
    postgres_slug,
    sqlx::Postgres,
    database::postgres,
    "TEXT",
    Slug,
    Slug("a".into()),
    Slug("b".into())
);
