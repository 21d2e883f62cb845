//! What is stored can be read again: what is made of JSON, however deep; leap seconds, and the ends of chrono's time.

use sqlx::types::Json;
use sqlx::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tenancy::{Error, Root as _};
use tenancy_tests::database;

/// A newtype around JSON, through sqlx's own derive.
#[derive(Clone, Debug, PartialEq, sqlx::Type)]
#[sqlx(transparent)]
struct Tags(Json<Vec<String>>);

/// A newtype around a text, which says nothing of JSON.
#[derive(Clone, Debug, PartialEq, sqlx::Type)]
#[sqlx(transparent)]
struct Pattern(String);

fn nested(depth: usize) -> serde_json::Value {
    (0..depth).fold(serde_json::Value::Null, |inside, _| vec![inside].into())
}

macro_rules! again {
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
                tags: Option<Tags>,
                pattern: Option<Pattern>,
                any: Option<Json<serde_json::Value>>,
                time: Option<NaiveTime>,
                local: Option<NaiveDateTime>,
                moment: Option<DateTime<Utc>>,
                day: Option<NaiveDate>,
            }

            fn thing() -> NewThing {
                NewThing {
                    id: 1,
                    tags: None,
                    pattern: None,
                    any: None,
                    time: None,
                    local: None,
                    moment: None,
                    day: None,
                }
            }

            #[tokio::test]
            async fn or_it_is_refused() {
                let db = $open("SELECT 1").await;
                let tables = Tables::<Organization>::new().with::<Thing>().sql();
                database::run(&db, &tables).await.expect("the tables");
                let acme = Organization::create(NewOrganization { id: 1 }).execute(&db);
                tenancy::enter!(acme = acme.await.expect("a tenant"));
                macro_rules! is_refused {
                    ($field:ident: $value:expr) => {{
                        let value = $value;
                        let new = NewThing { $field: Some(value.clone()), ..thing() };
                        let created = Thing::create(new).execute(&acme).await;
                        assert!(matches!(created, Err(Error::InvalidValue(_))), "{created:?}");
                        let found = Thing::query().filter(|t| t.$field.eq(value)).count(&acme).await;
                        assert!(matches!(found, Err(Error::InvalidValue(_))), "{found:?}");
                    }};
                }
                macro_rules! is_kept {
                    ($field:ident: $value:expr, as $read:expr) => {{
                        let new = NewThing { $field: Some($value), ..thing() };
                        Thing::create(new).execute(&acme).await.expect("a row");
                        let row = Thing::find(1).fetch_one(&acme).await.expect("the row");
                        assert_eq!(row.$field, Some($read));
                        let found = Thing::query().filter(|t| t.$field.eq($value)).count(&acme);
                        assert_eq!(found.await.expect("a number"), 1);
                        Thing::destroy(&row).execute(&acme).await.expect("gone");
                    }};
                }
                let tags = |tag: &str| Tags(Json(vec!["a".into(), tag.into()]));
                is_refused!(tags: tags("b\0c"));
                is_kept!(tags: tags("\\u0000\"]["), as tags("\\u0000\"]["));
                is_kept!(pattern: Pattern("\\u0000".into()), as Pattern("\\u0000".into()));
                is_refused!(any: Json(nested(128)));
                is_kept!(any: Json(nested(127)), as Json(nested(127)));
                let number = |number: f64| Json(serde_json::json!({ "a": [number] }));
                is_refused!(any: number(f64::MAX));
                is_refused!(any: number(-1e308));
                is_kept!(any: number(-9e307), as number(-9e307));

                // The second after the last one of an hour, so many microseconds later.
                let leap = |hour, after| {
                    let time = NaiveTime::from_hms_micro_opt(hour, 59, 59, 1_000_000 + after);
                    time.expect("a leap second")
                };
                let day = NaiveDate::from_ymd_opt(2016, 12, 31).expect("a day");
                let next = |hour, after: u32| {
                    let second = day.and_hms_opt(hour, 59, 59).expect("a moment");
                    second + std::time::Duration::from_micros(1_000_000 + u64::from(after))
                };
                is_refused!(time: leap(23, 0));
                is_refused!(time: leap(23, 5));
                for after in [0, 7, 999_999] {
                    is_kept!(time: leap(22, after), as next(22, after).time());
                    for hour in [22, 23] {
                        let (at, then) = (day.and_time(leap(hour, after)), next(hour, after));
                        is_kept!(local: at, as then);
                        is_kept!(moment: at.and_utc(), as then.and_utc());
                    }
                }
                is_refused!(local: NaiveDateTime::MAX);
                is_refused!(moment: DateTime::<Utc>::MAX_UTC);
                is_refused!(moment: DateTime::<Utc>::MIN_UTC);
                is_refused!(day: NaiveDate::MAX);
                is_refused!(day: NaiveDate::MIN);
                let last = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day");
                is_kept!(day: last, as last);
            }
        }
    };
}

again!(sqlite, sqlx::Sqlite, database::sqlite);
again!(postgres, sqlx::Postgres, database::postgres);
