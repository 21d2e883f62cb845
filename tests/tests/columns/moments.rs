//! Moments, dates and times of day: equal, and in order, as they are in Rust (L29).
//!
//! SQLite has no type for them and compares texts. PostgreSQL keeps microseconds.

use sqlx::types::time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
use tenancy::Root as _;
use tenancy_tests::database;
use time::macros::datetime;
use time::{Duration, UtcOffset};

/// Numbers without order.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// Any moment of the years 1 to 9999, with a fraction of any length, as it is called in any place. Many are
    /// close together, or the same in another place.
    fn moment(&mut self) -> OffsetDateTime {
        let seconds = match self.below(3) {
            0 => self.below(3) as i64,
            1 => self.below(2_000_000_000) as i64,
            _ => self.below(315_000_000_000) as i64 - 62_135_000_000,
        };
        let digits = self.below(10) as u32;
        let unit = 10_u64.pow(9 - digits);
        let nanoseconds = self.below(10_u64.pow(digits)) * unit;
        let moment = OffsetDateTime::from_unix_timestamp(seconds).expect("a moment")
            + Duration::nanoseconds(nanoseconds as i64);
        let minutes = match self.below(2) {
            0 => 0,
            _ => self.below(24 * 60) as i32 - 12 * 60,
        };
        let offset = UtcOffset::from_whole_seconds(minutes * 60).expect("an offset");
        moment.checked_to_offset(offset).unwrap_or(moment)
    }
}

const EPOCH: OffsetDateTime = datetime!(2000-01-01 0:00 UTC);

/// What the database keeps of it, which is as much as it tells of another.
fn kept(moment: OffsetDateTime, nanoseconds: i128) -> i128 {
    (moment - EPOCH).whole_nanoseconds() / nanoseconds
}

fn local(moment: OffsetDateTime) -> PrimitiveDateTime {
    PrimitiveDateTime::new(moment.date(), moment.time())
}

macro_rules! moments {
    ($name:ident, $database:ty, $open:path, $nanoseconds:literal) => {
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

            #[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
            #[sqlx(transparent)]
            struct Due(OffsetDateTime);

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            struct Event {
                id: Uuid,
                number: i64,
                at: OffsetDateTime,
                due: Option<Due>,
                local: PrimitiveDateTime,
                day: Date,
                hour: Time,
                #[tenancy(default = "CURRENT_TIMESTAMP")]
                made: OffsetDateTime,
                #[tenancy(default)]
                changed: PrimitiveDateTime,
            }

            async fn open() -> database::Fresh<$database> {
                let db = $open("SELECT 1").await;
                let tables = Tables::<Organization>::new().with::<Event>().sql();
                database::run(&db, &tables).await.expect("the tables");
                db
            }

            fn event(number: i64, at: OffsetDateTime) -> NewEvent {
                NewEvent {
                    number,
                    at,
                    due: Some(Due(at)),
                    local: local(at),
                    day: at.date(),
                    hour: at.time(),
                }
            }

            #[tokio::test]
            async fn they_are_compared_as_rust_compares_them() {
                let db = open().await;
                let acme = Organization::create(NewOrganization {}).execute(&db).await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let mut random = Random(0x5eed);
                let moments: Vec<_> = (0..120).map(|_| random.moment()).collect();
                let events = (0..).zip(&moments).map(|(number, at)| event(number, *at));
                Event::create_many(events).execute(&acme).await.expect("events");

                let of = |moment| kept(moment, $nanoseconds);
                let numbers = |holds: &dyn Fn(OffsetDateTime) -> bool| {
                    let moments = (0..).zip(&moments);
                    let held = moments.filter(|(_, at)| holds(**at)).map(|(number, _)| number);
                    held.collect::<Vec<i64>>()
                };
                macro_rules! found {
                    ($filter:expr) => {{
                        let query = Event::query().filter($filter).order_by(|e| e.number.asc());
                        let events = query.fetch_all(&acme).await.expect("events");
                        events.iter().map(|event| event.number).collect::<Vec<i64>>()
                    }};
                }
                for round in 0..60 {
                    let other = match round % 2 {
                        0 => random.moment(),
                        _ => moments[random.below(120) as usize].to_offset(UtcOffset::UTC),
                    };
                    let then = of(other);
                    let later = other.max(moments[round]);
                    assert_eq!(found!(|e| e.at.eq(other)), numbers(&|at| of(at) == then));
                    assert_eq!(found!(|e| e.at.ne(other)), numbers(&|at| of(at) != then));
                    assert_eq!(found!(|e| e.at.lt(other)), numbers(&|at| of(at) < then));
                    assert_eq!(found!(|e| e.at.le(other)), numbers(&|at| of(at) <= then));
                    assert_eq!(found!(|e| e.at.gt(other)), numbers(&|at| of(at) > then));
                    assert_eq!(found!(|e| e.at.ge(other)), numbers(&|at| of(at) >= then));
                    assert_eq!(
                        found!(|e| e.due.between(Due(other), Due(later))),
                        numbers(&|at| then <= of(at) && of(at) <= of(later))
                    );
                    assert_eq!(
                        found!(|e| e.due.in_([Due(other), Due(moments[round])])),
                        numbers(&|at| of(at) == then || of(at) == of(moments[round]))
                    );
                    let there = local(other).assume_utc();
                    assert_eq!(
                        found!(|e| e.local.ge(local(other))),
                        numbers(&|at| of(local(at).assume_utc()) >= of(there))
                    );
                    assert_eq!(
                        found!(|e| e.day.lt(other.date())),
                        numbers(&|at| at.date() < other.date())
                    );
                    let hour = |at: OffsetDateTime| of(EPOCH.replace_time(at.time()));
                    assert_eq!(
                        found!(|e| e.hour.le(other.time())),
                        numbers(&|at| hour(at) <= hour(other))
                    );
                }
                let ordered = Event::query().order_by(|e| (e.at.asc(), e.number.asc()));
                let ordered = ordered.fetch_all(&acme).await.expect("events");
                assert!(ordered.is_sorted_by_key(|event| (event.at, event.number)));
                for event in &ordered {
                    let at = moments[event.number as usize];
                    assert_eq!(of(event.at), of(at));
                    assert_eq!(event.due.map(|due| of(due.0)), Some(of(at)));
                    assert_eq!(of(event.local.assume_utc()), of(local(at).assume_utc()));
                    assert_eq!(event.day, at.date());
                }
            }

            #[tokio::test]
            async fn what_the_database_fills_in_is_equal_to_what_was_read() {
                let db = open().await;
                let acme = Organization::create(NewOrganization {}).execute(&db).await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                let before = OffsetDateTime::now_utc() - Duration::seconds(60);
                let made = Event::create(event(1, before)).fetch_one(&acme).await;
                let made = made.expect("an event");
                let found = Event::query()
                    .filter(|e| e.made.eq(made.made) & e.changed.eq(made.changed))
                    .filter(|e| e.made.gt(before) & e.made.lt(before + Duration::hours(1)))
                    .count(&acme)
                    .await;
                assert_eq!(found.expect("a number"), 1);
                let copied = Event::update_where(|e| e.made.eq(made.made))
                    .set(|e| e.at.to(e.made))
                    .execute(&acme)
                    .await;
                assert_eq!(copied.expect("a number"), 1);
                let same = Event::query().filter(|e| e.at.eq(e.made) & e.at.eq(made.made));
                assert_eq!(same.count(&acme).await.expect("a number"), 1);
            }

            /// Years that no text of four digits has would not be in order; those that the driver cannot read back
            /// neither.
            #[tokio::test]
            async fn the_first_and_the_last_moment_come_back() {
                let db = open().await;
                let acme = Organization::create(NewOrganization {}).execute(&db).await;
                tenancy::enter!(acme = acme.expect("a tenant"));
                for at in [
                    datetime!(0001-01-01 0:00 UTC),
                    datetime!(9999-12-31 23:59:59.999999 UTC),
                ] {
                    let made = Event::create(event(1, at)).fetch_one(&acme).await;
                    let made = made.expect("an event");
                    assert_eq!((made.at, made.day), (at, at.date()));
                }
            }
        }
    };
}

moments!(sqlite, sqlx::Sqlite, database::sqlite, 1);
moments!(postgres, sqlx::Postgres, database::postgres, 1_000);
