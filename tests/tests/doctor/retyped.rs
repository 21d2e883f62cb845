//! Columns of another type on PostgreSQL: what else is said of them outlives the mend, or the mend is refused.

use sqlx::Row as _;
use tenancy::doctor::Doctor;
use tenancy_tests::database::{self, Fresh};

use crate::{expect, mends};

mod patient {
    use tenancy::ddl::Tables;
    use tenancy::{TenantRoot, TenantScoped};
    use time::{OffsetDateTime, PrimitiveDateTime};
    use uuid::Uuid;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Postgres)]
    pub(super) struct Organization {
        id: Uuid,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Organization)]
    pub(super) struct Item {
        id: Uuid,
        #[tenancy(default)]
        count: i64,
        #[tenancy(default)]
        flag: bool,
        at: OffsetDateTime,
        local: PrimitiveDateTime,
    }

    pub(super) fn tables() -> Tables<Organization> {
        Tables::new().with::<Item>()
    }
}

async fn one(db: &Fresh<sqlx::Postgres>, sql: &'static str) -> String {
    let mut connection = db.acquire().await.expect("a connection");
    let row = sqlx::query(sql).fetch_one(&mut *connection).await;
    row.expect("a row").get(0)
}

#[tokio::test]
async fn a_default_is_kept() {
    let tables = patient::tables();
    for (count, flag) in [
        (
            "integer NOT NULL DEFAULT 40 + 2",
            "text NOT NULL DEFAULT 'true'",
        ),
        (
            "text NOT NULL DEFAULT '4' || '2'",
            "integer NOT NULL DEFAULT 1",
        ),
        ("smallserial", "varchar(5) NOT NULL DEFAULT 'yes'"),
        (
            "numeric NOT NULL DEFAULT 42",
            "boolean NOT NULL DEFAULT TRUE",
        ),
    ] {
        let db = database::postgres("").await;
        let made = tables.sql();
        let made = made.replace(
            "\"count\" bigint NOT NULL DEFAULT 0",
            &format!("\"count\" {count}"),
        );
        let made = made.replace(
            "\"flag\" boolean NOT NULL DEFAULT FALSE",
            &format!("\"flag\" {flag}"),
        );
        database::run(&db, &made).await.expect(&made);
        if count == "smallserial" {
            database::run(&db, "SELECT setval('items_count_seq', 41)")
                .await
                .expect("a number");
        }
        let report = Doctor::new(&tables).examine(&db).await.expect("a report");
        expect(&report, &["wrong-type"], &made);
        database::run(&db, &mends(&report))
            .await
            .expect(&mends(&report));
        let report = Doctor::new(&tables).examine(&db).await.expect("a report");
        assert!(report.is_healthy(), "{report}");
        let seed = "INSERT INTO organizations (id) VALUES ('00000000-0000-0000-0000-000000000001');
            INSERT INTO items (tenant_id, id, at, local)
            VALUES ('00000000-0000-0000-0000-000000000001', gen_random_uuid(), now(), now())";
        database::run(&db, seed).await.expect(seed);
        let filled = one(&db, "SELECT format('%s %s', count, flag) FROM items").await;
        assert_eq!(filled, "42 t", "{made}");
    }
}

/// The zone of whoever runs the mend says nothing about what is stored.
#[tokio::test]
async fn moments_do_not_depend_on_the_zone_of_the_session() {
    let tables = patient::tables();
    let db = database::postgres("").await;
    let made = tables.sql();
    let made = made.replace("\"at\" timestamptz", "\"at\" timestamp");
    let made = made.replace(
        "\"local\" timestamp ",
        "\"local\" timestamptz DEFAULT '2026-06-01 00:00:00+00' ",
    );
    database::run(&db, &made).await.expect(&made);
    let rows = "INSERT INTO organizations (id) VALUES ('00000000-0000-0000-0000-000000000001');
        INSERT INTO items (tenant_id, id, at, local) VALUES ('00000000-0000-0000-0000-000000000001',
            gen_random_uuid(), '2026-01-31 12:00:00.25', '2026-07-31 12:00:00.25+00')";
    database::run(&db, rows).await.expect(rows);
    let report = Doctor::new(&tables).examine(&db).await.expect("a report");
    expect(&report, &["wrong-type"], &made);
    let there = format!(
        "SET timezone = 'America/New_York';\n{}RESET timezone",
        mends(&report)
    );
    database::run(&db, &there).await.expect(&there);
    let report = Doctor::new(&tables).examine(&db).await.expect("a report");
    assert!(report.is_healthy(), "{report}");
    let read = "SELECT format('%s %s', at AT TIME ZONE 'UTC', local) FROM items";
    assert_eq!(
        one(&db, read).await,
        "2026-01-31 12:00:00.25 2026-07-31 12:00:00.25"
    );
    let default =
        "SET timezone = 'America/New_York'; UPDATE items SET local = DEFAULT; RESET timezone";
    database::run(&db, default).await.expect("an update");
    assert_eq!(
        one(&db, "SELECT local::text FROM items").await,
        "2026-06-01 00:00:00"
    );
}
