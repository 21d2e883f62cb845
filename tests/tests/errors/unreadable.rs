//! L32: values that the driver's types do not have are errors, and not panics or other values.

use sqlx::postgres::types::PgRange;
use sqlx::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use sqlx::types::time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
use tenancy::{Db, Error, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use tenancy_tests::database;
use uuid::Uuid;

use super::chain;

const SCHEMA: &str = "
    CREATE TYPE span AS (since timestamptz, day date);
    CREATE TABLE organizations (id uuid PRIMARY KEY);
    CREATE TABLE moments (tenant_id uuid NOT NULL, id uuid NOT NULL, instant timestamptz, local timestamp, day date,
        clock time, instants timestamptz[], period tstzrange, span span);
    CREATE FUNCTION far() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.instant := 'infinity'; RETURN NEW; END $$;
    CREATE TABLE tasks (tenant_id uuid NOT NULL, id uuid NOT NULL, title text NOT NULL, instant timestamptz);
    CREATE TRIGGER far BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION far();";

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres)]
struct Organization {
    id: Uuid,
}

#[derive(Clone, Debug, PartialEq, sqlx::Type)]
#[sqlx(transparent)]
struct Wrapped(OffsetDateTime);

#[derive(Clone, Debug, PartialEq, sqlx::Type)]
#[sqlx(type_name = "span")]
struct Span {
    since: OffsetDateTime,
    day: Date,
}

/// One model for each column and each type that it is read as.
macro_rules! read_as {
    ($($model:ident($column:ident: $type:ty)),* $(,)?) => {
        $(
            #[derive(Clone, Debug, TenantScoped)]
            #[tenancy(root = Organization, table = "moments")]
            struct $model {
                id: Uuid,
                $column: $type,
            }
        )*
    };
}

read_as! {
    TimeInstant(instant: Option<OffsetDateTime>),
    ChronoInstant(instant: Option<DateTime<Utc>>),
    WrappedInstant(instant: Option<Wrapped>),
    TimeLocal(local: Option<PrimitiveDateTime>),
    ChronoLocal(local: Option<NaiveDateTime>),
    TimeDay(day: Option<Date>),
    ChronoDay(day: Option<NaiveDate>),
    TimeClock(clock: Option<Time>),
    ChronoClock(clock: Option<NaiveTime>),
    TimeInstants(instants: Option<Vec<OffsetDateTime>>),
    ChronoInstants(instants: Option<Vec<DateTime<Utc>>>),
    TimePeriod(period: Option<PgRange<OffsetDateTime>>),
    ChronoPeriod(period: Option<PgRange<DateTime<Utc>>>),
    TimeSpan(span: Option<Span>),
}

#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Task {
    id: Uuid,
    title: String,
    #[tenancy(default)]
    instant: Option<OffsetDateTime>,
}

/// The same table, of which everything can be read.
#[derive(Clone, Debug, TenantScoped)]
#[tenancy(root = Organization, table = "tasks")]
struct Title {
    id: Uuid,
    title: String,
}

async fn acme(db: &Db<sqlx::Postgres>) -> VerifiedTenant<Organization> {
    let create = Organization::create(NewOrganization {});
    create.execute(db).await.unwrap()
}

/// Stores one value, of every tenant the only one.
async fn store(db: &Db<sqlx::Postgres>, column: &str, value: &str) {
    let sql = format!(
        "DELETE FROM moments; INSERT INTO moments (tenant_id, id, {column})
            SELECT id, gen_random_uuid(), {value} FROM organizations"
    );
    database::run(db, &sql).await.unwrap();
}

macro_rules! refuses {
    ($db:ident, $acme:ident, $model:ident, $column:literal, [$($value:literal),*]) => {
        $(
            store(&$db, $column, $value).await;
            let read = $model::query().fetch_all(&$acme).await;
            let error = read.expect_err(concat!(stringify!($model), " ", $value));
            let Error::Unreadable(unread) = &error else { panic!("{error:?}") };
            assert!(!unread.was_written());
            assert!(chain(&error).contains($column), "{error:?}");
            let one = $model::query().fetch_one(&$acme).await;
            assert!(matches!(one, Err(Error::Unreadable(_))), "{one:?}");
        )*
    };
}

macro_rules! reads {
    ($db:ident, $acme:ident, $model:ident, $column:literal, [$($value:literal),*]) => {
        $(
            store(&$db, $column, $value).await;
            let read = $model::query().fetch_all(&$acme).await;
            assert_eq!(read.expect(concat!(stringify!($model), " ", $value)).len(), 1);
        )*
    };
}

#[tokio::test]
async fn moments_that_types_do_not_have() {
    let db = database::postgres(SCHEMA).await;
    tenancy::enter!(acme = acme(&db).await);
    refuses!(
        db,
        acme,
        TimeInstant,
        "instant",
        [
            "'infinity'",
            "'-infinity'",
            "'10000-01-01'",
            "'294276-01-01'"
        ]
    );
    refuses!(
        db,
        acme,
        WrappedInstant,
        "instant",
        ["'infinity'", "'-infinity'", "'10000-01-01'"]
    );
    refuses!(
        db,
        acme,
        ChronoInstant,
        "instant",
        [
            "'infinity'",
            "'-infinity'",
            "'262143-01-01'",
            "'294276-01-01'"
        ]
    );
    refuses!(
        db,
        acme,
        TimeLocal,
        "local",
        ["'infinity'", "'-infinity'", "'10000-01-01'"]
    );
    refuses!(
        db,
        acme,
        ChronoLocal,
        "local",
        ["'infinity'", "'-infinity'", "'294276-01-01'"]
    );
    refuses!(
        db,
        acme,
        TimeDay,
        "day",
        [
            "'infinity'",
            "'-infinity'",
            "'10000-01-01'",
            "'5874897-12-31'"
        ]
    );
    refuses!(
        db,
        acme,
        ChronoDay,
        "day",
        [
            "'infinity'",
            "'-infinity'",
            "'262143-01-01'",
            "'5874897-12-31'"
        ]
    );
    refuses!(db, acme, TimeClock, "clock", ["'24:00'"]);
    refuses!(db, acme, ChronoClock, "clock", ["'24:00'"]);
    refuses!(
        db,
        acme,
        TimeInstants,
        "instants",
        ["'{2000-01-01,infinity}'", "'{10000-01-01}'"]
    );
    refuses!(
        db,
        acme,
        ChronoInstants,
        "instants",
        ["'{2000-01-01,-infinity}'"]
    );
    refuses!(
        db,
        acme,
        TimePeriod,
        "period",
        ["'[2000-01-01,infinity)'", "'[-infinity,2000-01-01)'"]
    );
    refuses!(
        db,
        acme,
        ChronoPeriod,
        "period",
        ["'[2000-01-01,infinity]'"]
    );
    refuses!(
        db,
        acme,
        TimeSpan,
        "span",
        [
            "ROW('infinity', '2000-01-01')::span",
            "ROW('2000-01-01', 'infinity')::span"
        ]
    );

    // The last and the first that there are.
    reads!(
        db,
        acme,
        TimeInstant,
        "instant",
        ["NULL", "'9999-12-31 23:59:59.999999Z'", "'4713-01-01Z BC'"]
    );
    reads!(
        db,
        acme,
        WrappedInstant,
        "instant",
        ["NULL", "'9999-12-31 23:59:59.999999Z'"]
    );
    reads!(
        db,
        acme,
        ChronoInstant,
        "instant",
        ["NULL", "'10000-01-01'", "'262142-12-30 23:59:59.999999Z'"]
    );
    reads!(
        db,
        acme,
        TimeLocal,
        "local",
        ["'9999-12-31 23:59:59.999999'", "'4713-01-01 BC'"]
    );
    reads!(
        db,
        acme,
        ChronoLocal,
        "local",
        ["'262142-12-30 23:59:59.999999'"]
    );
    reads!(
        db,
        acme,
        TimeDay,
        "day",
        ["'9999-12-31'", "'4713-01-01 BC'"]
    );
    reads!(db, acme, ChronoDay, "day", ["'262142-12-30'"]);
    reads!(
        db,
        acme,
        TimeClock,
        "clock",
        ["'23:59:59.999999'", "'00:00'"]
    );
    reads!(db, acme, ChronoClock, "clock", ["'23:59:59.999999'"]);
    reads!(
        db,
        acme,
        TimeInstants,
        "instants",
        ["'{}'", "'{2000-01-01,9999-12-31}'"]
    );
    reads!(
        db,
        acme,
        TimePeriod,
        "period",
        ["'empty'", "'[2000-01-01,)'", "'(,2000-01-01)'"]
    );
    reads!(
        db,
        acme,
        TimeSpan,
        "span",
        ["NULL", "ROW('2000-01-01', '2000-01-01')::span"]
    );
}

/// SQLite has moments as seconds, too.
#[tokio::test]
async fn seconds_that_are_no_moment() {
    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Sqlite, table = "organizations")]
    struct Org {
        id: Uuid,
    }

    #[derive(Clone, Debug, TenantScoped)]
    #[tenancy(root = Org, table = "moments")]
    struct Instant {
        id: Uuid,
        at: PrimitiveDateTime,
    }

    let db = database::sqlite(
        "CREATE TABLE organizations (id BLOB PRIMARY KEY);
         CREATE TABLE moments (tenant_id BLOB NOT NULL, id BLOB NOT NULL, at DATETIME);",
    )
    .await;
    let acme = Org::create(NewOrg {}).execute(&db).await.unwrap();
    tenancy::enter!(acme = acme);
    for (seconds, fits) in [
        ("253402300800", false),
        ("9223372036854775807", false),
        ("-9223372036854775808", false),
        ("253402300799", true),
        ("0", true),
    ] {
        let sql = format!(
            "DELETE FROM moments; INSERT INTO moments SELECT id, randomblob(16), {seconds} FROM organizations"
        );
        database::run(&db, &sql).await.unwrap();
        let read = Instant::query().fetch_one(&acme).await;
        match fits {
            true => assert!(read.is_ok(), "{seconds}: {read:?}"),
            false => assert!(
                matches!(read, Err(Error::Unreadable(_))),
                "{seconds}: {read:?}"
            ),
        }
    }
}

/// Whoever writes a row that cannot be read back is told that it is written.
#[tokio::test]
async fn what_was_written_lasts() {
    let db = database::postgres(SCHEMA).await;
    tenancy::enter!(mut acme = acme(&db).await);
    let written = |error: Error| match &error {
        Error::Unreadable(unread) => {
            assert!(error.to_string().contains("was written"), "{error}");
            unread.was_written()
        }
        error => panic!("{error:?}"),
    };
    let new = |title: &str| NewTask {
        title: title.into(),
    };

    let one = Task::create(new("one")).fetch_one(&acme).await;
    assert!(written(one.unwrap_err()));
    let many = Task::create_many([new("two"), new("three")])
        .fetch_all(&acme)
        .await;
    assert!(written(many.unwrap_err()));
    assert_eq!(Title::query().count(&acme).await.unwrap(), 3);
    let update = Task::update_where(|t| t.title.ne("one")).set(|t| t.title.to("new"));
    assert!(written(update.fetch_all(&acme).await.unwrap_err()));
    let new_ones = Title::query().filter(|t| t.title.eq("new"));
    assert_eq!(new_ones.count(&acme).await.unwrap(), 2);
    let destroyed = Task::destroy_where(|t| t.title.eq("new"))
        .fetch_all(&acme)
        .await;
    assert!(written(destroyed.unwrap_err()));
    assert_eq!(Title::query().count(&acme).await.unwrap(), 1);
    // In a transaction it is part of it, and goes on.
    for commit in [true, false] {
        let tx = acme.begin().await.unwrap();
        let one = Task::create(new("four")).fetch_one(&tx).await;
        assert!(written(one.unwrap_err()));
        assert_eq!(Title::query().count(&tx).await.unwrap(), 2);
        let left = if commit {
            tx.commit().await.unwrap();
            2
        } else {
            tx.rollback().await.unwrap();
            1
        };
        assert_eq!(Title::query().count(&acme).await.unwrap(), left);
        let four = Title::destroy_where(|t| t.title.eq("four"));
        four.execute(&acme).await.unwrap();
    }
    // A read wrote nothing.
    let read = Task::query().fetch_all(&acme).await.unwrap_err();
    assert!(
        matches!(&read, Error::Unreadable(unread) if !unread.was_written()),
        "{read:?}"
    );
}
