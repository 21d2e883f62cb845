//! JSON is equal to what it was stored as, in whatever order a map gives its members (L29).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use tenancy::Root as _;
use tenancy_tests::database;

/// What has an order of its own, which is not that of its names, and what has none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    theme: String,
    limits: HashMap<String, f64>,
    any: serde_json::Value,
}

/// A new map each time, which is hashed in a way of its own.
fn limits() -> HashMap<String, f64> {
    let names = [
        "ä", "b\"\\", "", "limit", "a\n", "\u{1}", "z\u{301}", "10", "9",
    ];
    let numbers = [0.1, 1e300, -0.5, 5e-324, 9e307, 1.0, 3e15, 1e16, 2.5];
    names.map(str::to_owned).into_iter().zip(numbers).collect()
}

fn settings() -> Settings {
    Settings {
        theme: "dark".into(),
        limits: limits(),
        any: serde_json::json!({"z": [{"y": 1, "x": {}}], "a": null}),
    }
}

macro_rules! json {
    ($name:ident, $database:ty, $open:path) => {
        mod $name {
            use super::*;
            use tenancy::ddl::Tables;
            use tenancy::{TenantRoot, TenantScoped};

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                #[tenancy(given)]
                id: i64,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Thing {
                #[tenancy(given)]
                id: i64,
                limits: Json<HashMap<String, f64>>,
                settings: Option<Json<Settings>>,
            }

            #[tokio::test]
            async fn maps_are_equal_in_every_order() {
                let db = $open("SELECT 1").await;
                let tables = Tables::<Organization>::new().with::<Thing>().sql();
                database::run(&db, &tables).await.expect("the tables");
                let acme = Organization::create(NewOrganization { id: 1 }).execute(&db);
                tenancy::enter!(acme = acme.await.expect("a tenant"));
                let things = (0..20).map(|id| NewThing {
                    id,
                    limits: Json(limits()),
                    settings: Some(Json(settings())),
                });
                Thing::create_many(things)
                    .execute(&acme)
                    .await
                    .expect("rows");
                let equal = Thing::query()
                    .filter(|t| t.limits.eq(Json(limits())) & t.settings.in_([Json(settings())]));
                assert_eq!(equal.count(&acme).await.expect("a number"), 20);
                let other = Thing::query().filter(|t| t.limits.ne(Json(limits())));
                assert_eq!(other.count(&acme).await.expect("a number"), 0);
                let row = Thing::find(7).fetch_one(&acme).await.expect("the row");
                assert_eq!(row.limits.0, limits());
                assert_eq!(row.settings, Some(Json(settings())));
            }
        }
    };
}

json!(sqlite, sqlx::Sqlite, database::sqlite);
json!(postgres, sqlx::Postgres, database::postgres);
