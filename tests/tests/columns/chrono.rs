//! Moments, dates and times of day of chrono's: equal, and in order, and in the same form as those of `time` (L29).

use sqlx::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use tenancy::Root as _;
use tenancy::doctor::Doctor;
use tenancy_tests::database;
use time::OffsetDateTime;

/// Moments that are in another order as texts of any length: with and without a fraction, before and after 1970.
const MOMENTS: [&str; 9] = [
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999Z",
    "1970-01-01T00:00:00Z",
    "2026-01-31T12:00:20Z",
    "2026-01-31T12:00:20.5Z",
    "2026-01-31T12:00:20.000001Z",
    "2026-01-31T12:00:21Z",
    "2026-01-31T23:30:00-01:00",
    "9999-12-31T23:59:59.999999Z",
];

fn moments() -> Vec<DateTime<Utc>> {
    let parsed = MOMENTS
        .iter()
        .map(|text| DateTime::parse_from_rfc3339(text));
    parsed
        .map(|moment| moment.expect("a moment").to_utc())
        .collect()
}

macro_rules! chronos {
    ($name:ident, $database:ty, $open:path) => {
        mod $name {
            use super::*;
            use tenancy::ddl::Tables;
            use tenancy::{TenantRoot, TenantScoped};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            struct Organization {
                id: Uuid,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Event {
                id: Uuid,
                number: i64,
                at: DateTime<Utc>,
                due: Option<DateTime<Utc>>,
                local: NaiveDateTime,
                day: NaiveDate,
                hour: NaiveTime,
                #[tenancy(default = "CURRENT_TIMESTAMP")]
                made: DateTime<Utc>,
                #[tenancy(default)]
                changed: NaiveDateTime,
                #[tenancy(default = "CURRENT_TIME")]
                clock: NaiveTime,
            }

            /// The same rows, read as `time` has them.
            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "events")]
            struct Same {
                id: Uuid,
                number: i64,
                at: OffsetDateTime,
            }

            fn event(number: i64, at: DateTime<Utc>) -> NewEvent {
                NewEvent {
                    number,
                    at,
                    due: Some(at),
                    local: at.naive_utc(),
                    day: at.date_naive(),
                    hour: at.time(),
                }
            }

            #[tokio::test]
            async fn they_are_compared_as_rust_compares_them() {
                let db = $open("").await;
                let tables = Tables::<Organization>::new().with::<Event>();
                database::run(&db, &tables.sql()).await.expect("the tables");
                let acme = Organization::create(NewOrganization {}).execute(&db).await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let moments = moments();
                let events = (0..).zip(&moments).map(|(number, at)| event(number, *at));
                Event::create_many(events)
                    .execute(&acme)
                    .await
                    .expect("events");

                macro_rules! expect {
                    ($filter:expr, $holds:expr) => {{
                        let query = Event::query().filter($filter).order_by(|e| e.number.asc());
                        let events = query.fetch_all(&acme).await.expect("events");
                        let found: Vec<i64> = events.iter().map(|event| event.number).collect();
                        let held = (0..).zip(&moments).filter(|(_, at)| $holds(**at));
                        assert_eq!(found, held.map(|(number, _)| number).collect::<Vec<i64>>());
                    }};
                }
                for other in &moments {
                    let other = *other;
                    expect!(|e| e.at.eq(other), |at| at == other);
                    expect!(|e| e.at.lt(other), |at| at < other);
                    expect!(|e| e.at.ge(other), |at| at >= other);
                    expect!(|e| e.due.le(other), |at| at <= other);
                    expect!(|e| e.due.in_([other]), |at| at == other);
                    let local = other.naive_utc();
                    expect!(|e| e.local.gt(local), |at: DateTime<Utc>| at.naive_utc()
                        > local);
                    expect!(|e| e.local.eq(local), |at: DateTime<Utc>| at.naive_utc()
                        == local);
                    let day = other.date_naive();
                    expect!(|e| e.day.le(day), |at: DateTime<Utc>| at.date_naive()
                        <= day);
                    let hour = other.time();
                    expect!(|e| e.hour.lt(hour), |at: DateTime<Utc>| at.time() < hour);
                    expect!(|e| e.hour.eq(hour), |at: DateTime<Utc>| at.time() == hour);
                }
                let ordered = Event::query().order_by(|e| (e.at.desc(), e.number.asc()));
                let ordered = ordered.fetch_all(&acme).await.expect("events");
                assert!(ordered.is_sorted_by(|one, other| one.at >= other.at));
                let hours = Event::query().order_by(|e| (e.hour.asc(), e.number.asc()));
                let hours = hours.fetch_all(&acme).await.expect("events");
                assert!(hours.is_sorted_by_key(|event| event.hour));
                for event in &ordered {
                    let at = moments[event.number as usize];
                    assert_eq!(
                        (event.at, event.due, event.local),
                        (at, Some(at), at.naive_utc())
                    );
                    assert_eq!((event.day, event.hour), (at.date_naive(), at.time()));
                    let at = OffsetDateTime::from_unix_timestamp(at.timestamp()).expect("a moment")
                        + time::Duration::nanoseconds(i64::from(at.timestamp_subsec_nanos()));
                    let same = Same::query().filter(|s| s.at.eq(at) & s.number.eq(event.number));
                    assert_eq!(same.count(&acme).await.expect("a number"), 1);
                }
                let report = Doctor::new(&tables).with_rows().examine(&db).await;
                let report = report.expect("a report");
                assert!(report.is_healthy(), "{report}");
            }

            #[tokio::test]
            async fn what_the_database_fills_in_is_equal_to_what_was_read() {
                let db = $open("").await;
                let tables = Tables::<Organization>::new().with::<Event>();
                database::run(&db, &tables.sql()).await.expect("the tables");
                let acme = Organization::create(NewOrganization {}).execute(&db).await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let before = moments()[3];
                let made = Event::create(event(1, before)).fetch_one(&acme).await;
                let made = made.expect("an event");
                let now = made.made + std::time::Duration::from_secs(60);
                let found = Event::query()
                    .filter(|e| e.made.eq(made.made) & e.changed.eq(made.changed))
                    .filter(|e| e.clock.eq(made.clock) & e.made.lt(now) & e.made.gt(before));
                assert_eq!(found.count(&acme).await.expect("a number"), 1);
                let copied = Event::update_where(|e| e.made.eq(made.made)).set(|e| e.at.to(e.made));
                assert_eq!(copied.execute(&acme).await.expect("a number"), 1);
                let same = Event::query().filter(|e| e.at.eq(made.made));
                assert_eq!(same.count(&acme).await.expect("a number"), 1);
                let report = Doctor::new(&tables).with_rows().examine(&db).await;
                let report = report.expect("a report");
                assert!(report.is_healthy(), "{report}");
            }
        }
    };
}

chronos!(sqlite, sqlx::Sqlite, database::sqlite);
chronos!(postgres, sqlx::Postgres, database::postgres);
