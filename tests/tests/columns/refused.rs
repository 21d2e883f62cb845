//! What cannot be read back as it was is not stored, and one database is not of another opinion than the next (L31).

use sqlx::types::Json;
use tenancy::{Error, Root as _};
use tenancy_tests::database;

macro_rules! refused {
    ($name:ident, $database:ty, $open:path) => {
        mod $name {
            use super::*;
            use tenancy::ddl::Tables;
            use tenancy::{Changes, TenantRoot, TenantScoped};

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                #[tenancy(given)]
                id: i64,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Counter {
                #[tenancy(given)]
                id: String,
                tiny: i16,
                small: i32,
                large: i64,
                maybe: Option<i64>,
                single: f32,
                double: Option<f64>,
                note: Option<String>,
                settings: Option<Json<String>>,
                #[tenancy(version)]
                version: i16,
            }

            fn counter(id: &str) -> NewCounter {
                NewCounter {
                    id: id.to_owned(),
                    tiny: i16::MAX,
                    small: i32::MIN,
                    large: i64::MAX,
                    maybe: None,
                    single: f32::MAX,
                    double: Some(f64::MAX),
                    note: None,
                    settings: None,
                }
            }

            async fn open() -> database::Fresh<$database> {
                let db = $open("SELECT 1").await;
                let tables = Tables::<Organization>::new().with::<Counter>().sql();
                database::run(&db, &tables).await.expect("the tables");
                db
            }

            macro_rules! is_refused {
                ($result:expr) => {{
                    let result = $result.await;
                    assert!(matches!(result, Err(Error::InvalidValue(_))), "{result:?}");
                }};
            }

            #[tokio::test]
            async fn numbers_stay_in_the_range_of_their_type() {
                let db = open().await;
                let acme = Organization::create(NewOrganization { id: 1 })
                    .execute(&db)
                    .await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let row = Counter::create(counter("a"))
                    .fetch_one(&acme)
                    .await
                    .expect("a row");
                let all = || Counter::update_where(|c| c.id.eq("a"));
                is_refused!(all().set(|c| c.tiny.to(c.tiny.plus(1))).execute(&acme));
                is_refused!(all().set(|c| c.small.to(c.small.minus(1))).execute(&acme));
                is_refused!(all().set(|c| c.large.to(c.large.plus(1))).execute(&acme));
                is_refused!(
                    all()
                        .set(|c| c.large.to(c.large.plus(c.large)))
                        .execute(&acme)
                );
                is_refused!(
                    all()
                        .set(|c| c.maybe.to(c.large.plus(i64::MAX)))
                        .execute(&acme)
                );
                is_refused!(
                    all()
                        .set(|c| c.single.to(c.single.plus(f32::MAX)))
                        .execute(&acme)
                );
                is_refused!(
                    all()
                        .set(|c| c.double.to(c.double.plus(f64::MAX)))
                        .execute(&acme)
                );
                is_refused!(
                    Counter::update(&row)
                        .set(|c| c.tiny.to(c.tiny.plus(1)))
                        .execute(&acme)
                );
                let changes = Changes::<Counter>::new().set(|c| c.large.to(c.large.plus(1)));
                is_refused!(Counter::update(&row).apply(changes).execute(&acme));

                // What fits is computed, and NULL stays NULL.
                let changes = Changes::<Counter>::new().set(|c| c.tiny.to(c.tiny.minus(1)));
                let row = Counter::update(&row)
                    .set(|c| (c.small.to(c.small.plus(1)), c.large.to(c.large.minus(1))))
                    .set(|c| {
                        (
                            c.maybe.to(c.maybe.plus(1)),
                            c.double.to(c.double.minus(f64::MAX)),
                        )
                    })
                    .apply(changes)
                    .fetch_one(&acme)
                    .await
                    .expect("the row");
                assert_eq!(
                    (row.tiny, row.small, row.large),
                    (i16::MAX - 1, i32::MIN + 1, i64::MAX - 1)
                );
                assert_eq!((row.maybe, row.double), (None, Some(0.0)));
            }

            /// A condition does not fail: that would tell of rows that policies hide.
            #[tokio::test]
            async fn a_condition_computes_beyond_the_range() {
                let db = open().await;
                let acme = Organization::create(NewOrganization { id: 1 })
                    .execute(&db)
                    .await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                Counter::create(counter("a"))
                    .execute(&acme)
                    .await
                    .expect("a row");
                let less = Counter::query().filter(|c| c.large.lt(c.large.plus(1)));
                assert_eq!(less.count(&acme).await.expect("a number"), 1);
                let less = Counter::query().filter(|c| c.tiny.lt(c.tiny.plus(1)));
                assert_eq!(less.count(&acme).await.expect("a number"), 1);
            }

            #[tokio::test]
            async fn the_last_version_is_the_last() {
                let db = open().await;
                let acme = Organization::create(NewOrganization { id: 1 })
                    .execute(&db)
                    .await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let row = Counter::create(counter("a"))
                    .fetch_one(&acme)
                    .await
                    .expect("a row");
                assert_eq!(row.version, 1);
                database::run(&db, "UPDATE counters SET version = 32766")
                    .await
                    .expect("a version");
                let row = Counter::find("a".to_owned())
                    .fetch_one(&acme)
                    .await
                    .expect("the row");
                let row = Counter::update(&row)
                    .set(|c| c.note.to("b"))
                    .fetch_one(&acme)
                    .await;
                let row = row.expect("the last version");
                assert_eq!(row.version, i16::MAX);
                is_refused!(Counter::update(&row).set(|c| c.note.to("c")).execute(&acme));
                let upsert = Counter::upsert(counter("a")).on(|c| c.id);
                is_refused!(upsert.execute(&acme));
                let row = Counter::find("a".to_owned())
                    .fetch_one(&acme)
                    .await
                    .expect("the row");
                assert_eq!((row.version, row.note.as_deref()), (i16::MAX, Some("b")));
            }

            #[tokio::test]
            async fn nul_and_nan_are_refused() {
                let db = open().await;
                let acme = Organization::create(NewOrganization { id: 1 })
                    .execute(&db)
                    .await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                is_refused!(Counter::create(counter("a\0b")).execute(&acme));
                is_refused!(Counter::find("a\0b".to_owned()).fetch_optional(&acme));
                let new = |change: fn(&mut NewCounter)| {
                    let mut new = counter("a");
                    change(&mut new);
                    new
                };
                is_refused!(Counter::create(new(|c| c.single = f32::NAN)).execute(&acme));
                is_refused!(Counter::create(new(|c| c.double = Some(f64::NAN))).execute(&acme));
                is_refused!(Counter::create(new(|c| c.note = Some("a\0b".into()))).execute(&acme));
                let json = Some(Json("a\0b".to_owned()));
                is_refused!(
                    Counter::create(NewCounter {
                        settings: json,
                        ..counter("a")
                    })
                    .execute(&acme)
                );
                is_refused!(Counter::create_many([counter("a"), counter("\0")]).execute(&acme));

                Counter::create(counter("a"))
                    .execute(&acme)
                    .await
                    .expect("a row");
                let all = || Counter::update_where(|c| c.id.eq("a"));
                is_refused!(all().set(|c| c.note.to("\0")).execute(&acme));
                is_refused!(all().set(|c| c.double.to(f64::NAN)).execute(&acme));
                is_refused!(
                    all()
                        .set(|c| c.double.to(c.double.plus(f64::NAN)))
                        .execute(&acme)
                );
                is_refused!(Counter::query().filter(|c| c.note.eq("\0")).count(&acme));
                is_refused!(
                    Counter::query()
                        .filter(|c| c.note.in_(["a", "\0"]))
                        .count(&acme)
                );
                is_refused!(
                    Counter::query()
                        .filter(|c| c.id.contains("\0"))
                        .count(&acme)
                );
                is_refused!(
                    Counter::query()
                        .filter(|c| c.double.lt(f64::NAN))
                        .count(&acme)
                );

                // The escape of an escape is a text.
                let told = Json("\\u0000".to_owned());
                let set = all()
                    .set(|c| c.settings.to(Some(told.clone())))
                    .execute(&acme)
                    .await;
                assert_eq!(set.expect("a number"), 1);
                let row = Counter::find("a".to_owned())
                    .fetch_one(&acme)
                    .await
                    .expect("the row");
                assert_eq!(row.settings, Some(told));
            }
        }
    };
}

refused!(sqlite, sqlx::Sqlite, database::sqlite);
refused!(postgres, sqlx::Postgres, database::postgres);
