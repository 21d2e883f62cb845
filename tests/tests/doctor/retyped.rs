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
        let mend = mends(&report);
        database::run(&db, &mend).await.expect(&mend);
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

/// Without their comments and indices: policies by hand on a column of another type.
const BY_HAND: &str = "
    DO $$ DECLARE k record; BEGIN
        FOR k IN SELECT conname FROM pg_constraint WHERE conrelid = 'notes'::regclass AND contype = 'f' LOOP
            EXECUTE format('ALTER TABLE notes DROP CONSTRAINT %I', k.conname);
        END LOOP;
    END $$;
    DROP POLICY tenancy_isolation ON notes;
    ALTER TABLE notes ALTER tenant_id TYPE text;";

/// PostgreSQL gives a column no other type while a policy names it.
#[tokio::test]
async fn a_policy_that_names_the_column_is_mended_with_it() {
    let tables = crate::secured::tables();
    let doctor = Doctor::new(&tables).for_role("pg_database_owner");
    for (policy, first) in [
        (
            "tenancy_isolation ON notes USING (tenant_id = nullif(current_setting('tenancy.tenant', true), ''))",
            &["missing-foreign-key", "policy-widens", "wrong-type"][..],
        ),
        (
            "seen ON notes FOR SELECT USING (tenant_id = nullif(current_setting('tenancy.tenant', true), ''))",
            &[
                "missing-foreign-key",
                "policy-missing",
                "policy-widens",
                "wrong-type",
            ],
        ),
        (
            "tenancy_isolation ON notes USING (tenant_id::uuid = nullif(current_setting('tenancy.tenant', true), '')::uuid)",
            &["missing-foreign-key", "policy-widens", "wrong-type"],
        ),
    ] {
        let db = database::postgres("").await;
        let seed = format!("{};{BY_HAND} CREATE POLICY {policy}", tables.sql());
        database::run(&db, &seed).await.expect(&seed);
        let report = doctor.examine(&db).await.expect("a report");
        expect(&report, first, policy);
        for _ in 0..2 {
            let report = doctor.examine(&db).await.expect("a report");
            let mend = mends(&report);
            database::run(&db, &mend).await.expect(&mend);
        }
        let report = doctor.examine(&db).await.expect("a report");
        assert!(report.is_healthy(), "{report}");
        let condition = "SELECT string_agg(policyname || ' ' || qual, ', ') FROM pg_policies WHERE tablename = 'notes'";
        let wanted = "tenancy_isolation (tenant_id = (NULLIF(current_setting('tenancy.tenant'::text, true), ''::text))::uuid)";
        assert_eq!(one(&db, condition).await, wanted);
    }
}

/// What only narrows is not opened by a mend.
#[tokio::test]
async fn a_policy_that_narrows_refuses_another_type() {
    let tables = crate::secured::tables();
    let doctor = Doctor::new(&tables).for_role("pg_database_owner");
    let db = database::postgres("").await;
    let seed = format!(
        "{};{BY_HAND} CREATE POLICY narrow ON notes AS RESTRICTIVE USING (tenant_id <> 'x')",
        tables.sql()
    );
    database::run(&db, &seed).await.expect(&seed);
    let report = doctor.examine(&db).await.expect("a report");
    assert!(database::run(&db, &mends(&report)).await.is_err());
    assert_eq!(
        one(
            &db,
            "SELECT string_agg(qual, '') FROM pg_policies WHERE policyname = 'narrow'"
        )
        .await,
        "(tenant_id <> 'x'::text)"
    );
}

/// Another of the same name would be another type than that of the columns.
#[tokio::test]
async fn a_type_in_another_schema_is_not_made_again() {
    let tables = crate::on_postgres::all();
    let db = database::postgres("").await;
    let seed = format!(
        "{}; CREATE SCHEMA ext; ALTER TYPE colour SET SCHEMA ext",
        tables.sql()
    );
    database::run(&db, &seed).await.expect(&seed);
    let report = Doctor::new(&tables).examine(&db).await.expect("a report");
    expect(&report, &["missing-type"], &seed);
    assert!(
        mends(&report).ends_with("ALTER TYPE ext.colour SET SCHEMA public;\n"),
        "{report}"
    );
    database::run(&db, &mends(&report)).await.expect("mended");
    let report = Doctor::new(&tables).examine(&db).await.expect("a report");
    assert!(report.is_healthy(), "{report}");
}

mod shades {
    use tenancy::ddl::Tables;
    use tenancy::{TenantRoot, TenantScoped};
    use uuid::Uuid;

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Postgres)]
    pub(super) struct Organization {
        id: Uuid,
    }

    #[derive(Clone, Copy, Debug, PartialEq, sqlx::Type)]
    #[sqlx(type_name = "\"Shade\"")]
    pub(super) enum Shade {
        Light,
        Dark,
    }

    /// What an extension brings.
    #[derive(Debug, sqlx::Type)]
    #[sqlx(type_name = "citext")]
    pub(super) struct Loose(String);

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Organization)]
    pub(super) struct Lamp {
        id: Uuid,
        shade: Shade,
        name: Option<Loose>,
    }

    pub(super) fn tables() -> Tables<Organization> {
        let tables = Tables::new().with::<Lamp>();
        tables
            .with_enum("Shade", ["Light", "Dark"])
            .expect("the name of a type")
    }
}

#[tokio::test]
async fn a_text_becomes_a_value_of_a_type_with_capitals() {
    let tables = shades::tables();
    for (seed, mended) in [
        ("ALTER TABLE lamps ALTER shade TYPE text", true),
        (
            "ALTER TABLE lamps ALTER shade TYPE text; ALTER TABLE lamps ALTER shade SET DEFAULT 'Dark'",
            true,
        ),
        (
            "ALTER TABLE lamps ALTER shade TYPE text; DROP TYPE \"Shade\"",
            true,
        ),
        (
            "ALTER TABLE lamps ALTER shade TYPE text; UPDATE lamps SET shade = 'Grey'",
            false,
        ),
        (
            "CREATE SCHEMA ext; ALTER EXTENSION citext SET SCHEMA ext",
            true,
        ),
    ] {
        let db = database::postgres("").await;
        let rows = "INSERT INTO organizations (id) VALUES ('00000000-0000-0000-0000-000000000001');
            INSERT INTO lamps (tenant_id, id, shade, name)
            VALUES ('00000000-0000-0000-0000-000000000001', gen_random_uuid(), 'Light', 'Ann')";
        let made = format!("CREATE EXTENSION citext; {}; {rows}; {seed}", tables.sql());
        database::run(&db, &made).await.expect(&made);
        let report = Doctor::new(&tables).examine(&db).await.expect("a report");
        assert!(!report.is_healthy(), "{seed}");
        let before = one(&db, "SELECT shade || ' ' || name::text FROM lamps").await;
        let mut done = database::run(&db, &mends(&report)).await;
        // What hid behind the type that was missing.
        let report = Doctor::new(&tables).examine(&db).await.expect("a report");
        if done.is_ok() {
            done = database::run(&db, &mends(&report)).await;
        }
        assert_eq!(done.is_ok(), mended, "{report}");
        let after = one(&db, "SELECT shade || ' ' || name::text FROM lamps").await;
        assert_eq!(after, before);
        let report = Doctor::new(&tables).examine(&db).await.expect("a report");
        assert_eq!(report.is_healthy(), mended, "{report}");
    }
}
