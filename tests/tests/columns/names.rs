//! Names: SQL's keywords, Rust's keywords, and the names of methods.

use tenancy::Root as _;
use tenancy_tests::database;

const SCHEMA: &str = r#"
    CREATE TABLE "select" ("from" BIGINT PRIMARY KEY NOT NULL);
    CREATE TABLE "group" (
        "where" BIGINT NOT NULL, "order" TEXT NOT NULL, "type" TEXT NOT NULL,
        execute TEXT NOT NULL, filter BIGINT NOT NULL, "Mixed Case; --" TEXT,
        PRIMARY KEY ("where", "order")
    );
"#;

macro_rules! awkward_names {
    ($name:ident, $database:ty, $open:path) => {
        mod $name {
            use super::*;
            use tenancy::{TenantRoot, TenantScoped};

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database, table = "select", key = from)]
            struct Root {
                #[tenancy(given)]
                from: i64,
            }

            #[derive(Clone, Debug, PartialEq, TenantScoped)]
            #[tenancy(root = Root, table = "group", key = order, attribute = r#where)]
            struct Awkward {
                r#where: i64,
                order: String,
                r#type: String,
                execute: String,
                filter: i64,
                #[tenancy(column = "Mixed Case; --")]
                tamed: Option<String>,
            }

            #[tokio::test]
            async fn names_are_only_names() {
                let db = $open(SCHEMA).await;
                let verified = Root::create(NewRoot { from: 7 })
                    .execute(&db)
                    .await
                    .expect("a tenant");
                tenancy::enter!(mut tenant = verified);
                let row = Awkward::create(NewAwkward {
                    order: "by".into(),
                    r#type: "a".into(),
                    execute: "b".into(),
                    filter: 1,
                    tamed: Some("c".into()),
                })
                .fetch_one(&tenant)
                .await
                .expect("a new row");
                assert_eq!(row.r#where, 7);

                let updated = Awkward::update(&row)
                    .set(|a| (a.r#type.to("x"), a.execute.to("y"), a.filter.to(a.filter.plus(1)), a.tamed.to_null()))
                    .fetch_one(&tenant)
                    .await
                    .expect("the row");
                let expected = Awkward {
                    r#type: "x".into(),
                    execute: "y".into(),
                    filter: 2,
                    tamed: None,
                    ..(*row).clone()
                };
                assert_eq!(*updated, expected);

                let transaction = tenant.begin().await.expect("a transaction");
                let found = Awkward::query()
                    .filter(|a| a.r#where.eq(7) & a.execute.like("_") & a.filter.gt(1))
                    .order_by(|a| (a.order.desc(), a.tamed.asc()))
                    .for_update()
                    .fetch_all(&transaction)
                    .await
                    .expect("the rows");
                assert_eq!(found.len(), 1);
                Awkward::destroy(&found[0]).execute(&transaction).await.expect("its removal");
                transaction.commit().await.expect("a commit");
                assert_eq!(Awkward::query().exists(&tenant).await.ok(), Some(false));
            }
        }
    };
}

awkward_names!(sqlite, sqlx::Sqlite, database::sqlite);
awkward_names!(postgres, sqlx::Postgres, database::postgres);
