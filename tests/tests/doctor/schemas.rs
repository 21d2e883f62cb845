//! Faults of schemas of tenants.

use std::cell::Cell;
use std::sync::Once;

use tenancy::ddl::Tables;
use tenancy::doctor::{self, Doctor};
use tenancy::{Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database::{self, Fresh};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use uuid::Uuid;

use crate::{expect, mends};

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, schema = schema_of)]
struct Organization {
    #[tenancy(given)]
    id: i64,
}

fn schema_of(id: &i64) -> String {
    match id {
        8 => "org_1".to_owned(),
        9 => "Nine".to_owned(),
        id => format!("org_{id}"),
    }
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct User {
    id: Uuid,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = schema)]
struct Invoice {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    payer_id: Uuid,
    #[tenancy(unique)]
    number: i64,
    note: Option<String>,
    #[tenancy(default)]
    paid: bool,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, strategy = schema, attribute = tenant_id)]
struct Line {
    id: i64,
    #[tenancy(belongs_to = Invoice)]
    invoice_id: Uuid,
    #[tenancy(belongs_to = User)]
    by_id: Option<Uuid>,
}

/// Shared, and refers to what is in a schema.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Reminder {
    id: Uuid,
    #[tenancy(belongs_to = Invoice)]
    invoice_id: Uuid,
}

const FAULTS: &[(&str, &[&str])] = &[
    ("DROP SCHEMA org_2 CASCADE", &["missing-schema"]),
    ("INSERT INTO organizations VALUES (4)", &["missing-schema"]),
    (
        "CREATE SCHEMA org_7; CREATE TABLE org_7.invoices (id uuid)",
        &["orphaned-schema"],
    ),
    (
        "DELETE FROM organizations WHERE id = 3",
        &["orphaned-schema"],
    ),
    ("DROP TABLE org_2.lines", &["missing-table"]),
    ("ALTER TABLE org_2.invoices DROP note", &["missing-column"]),
    (
        "ALTER TABLE org_2.invoices ALTER number TYPE integer",
        &["wrong-type"],
    ),
    (
        "ALTER TABLE org_2.invoices ALTER number DROP NOT NULL",
        &["nullable-column"],
    ),
    (
        "ALTER TABLE org_2.invoices ALTER paid DROP DEFAULT",
        &["missing-default"],
    ),
    (
        "ALTER TABLE org_2.invoices DROP CONSTRAINT invoices_number_key",
        &["missing-unique"],
    ),
    (
        "ALTER TABLE org_2.lines DROP CONSTRAINT lines_invoice_id_fkey",
        &["missing-foreign-key"],
    ),
    (
        "ALTER TABLE org_2.lines DROP CONSTRAINT lines_tenant_id_by_id_fkey",
        &["missing-foreign-key"],
    ),
    (
        "DROP INDEX org_2.lines_tenant_id_by_id_idx",
        &["missing-index"],
    ),
    (
        "ALTER TABLE org_3.lines DROP CONSTRAINT lines_invoice_id_fkey,
            ADD FOREIGN KEY (invoice_id) REFERENCES org_2.invoices (id)",
        &["missing-foreign-key"],
    ),
    ("INSERT INTO organizations VALUES (8)", &["shared-schema"]),
    ("INSERT INTO organizations VALUES (9)", &["no-schema-name"]),
];

fn tables() -> Tables<Organization> {
    Tables::new()
        .with::<User>()
        .with::<Line>()
        .with::<Invoice>()
        .with::<Reminder>()
}

async fn patient() -> Fresh<sqlx::Postgres> {
    let db = database::postgres("").await;
    database::run(&db, &tables().sql())
        .await
        .expect("shared tables");
    for id in 1..=3 {
        let new = NewOrganization { id };
        let tenant = Organization::create(new)
            .execute(&db)
            .await
            .expect("a tenant");
        tenant
            .create_schema(tables().of_schema())
            .await
            .expect("a schema");
    }
    // Tables of the same names that are none of a tenant's.
    database::run(&db, "CREATE TABLE invoices (id boolean)")
        .await
        .expect("a table");
    db
}

#[tokio::test]
async fn each_is_found_and_mended() {
    let tables = tables();
    for (seed, expected) in FAULTS {
        let db = patient().await;
        let report = doctor::examine(&tables, &db).await.expect("a report");
        assert!(report.is_healthy(), "{report}");
        database::run(&db, seed).await.expect(seed);
        let report = doctor::examine(&tables, &db).await.expect("a report");
        expect(&report, expected, seed);
        if ["shared-schema", "no-schema-name"].contains(&expected[0]) {
            continue; // a matter of the program, and not of SQL
        }
        let mends = mends(&report);
        database::run(&db, &mends).await.unwrap_or_else(|error| {
            panic!(
                "{:?}\nafter\n{seed}\nfrom\n{mends}",
                std::error::Error::source(&error)
            )
        });
        let report = doctor::examine(&tables, &db).await.expect("a report");
        assert!(
            report.is_healthy(),
            "{report}\nafter\n{seed}\nfrom\n{mends}"
        );
        db.close().await;
    }
}

#[tokio::test]
async fn the_schema_is_named() {
    let db = patient().await;
    database::run(&db, "ALTER TABLE org_2.invoices DROP note")
        .await
        .expect("no column");
    let report = doctor::examine(&tables(), &db).await.expect("a report");
    assert_eq!(report.findings()[0].subject, "org_2.invoices");
    assert_eq!(
        report.findings()[0].mend,
        "ALTER TABLE \"org_2\".\"invoices\" ADD COLUMN \"note\" text;\n"
    );
}

const ROWS: &str = "
    INSERT INTO users VALUES (1, md5('1')::uuid), (2, md5('2')::uuid);
    INSERT INTO org_1.invoices VALUES (md5('a')::uuid, md5('1')::uuid, 1);
    INSERT INTO org_2.invoices VALUES (md5('b')::uuid, md5('2')::uuid, 1);
    INSERT INTO org_1.lines VALUES (1, 1, md5('a')::uuid, md5('1')::uuid);
    INSERT INTO reminders VALUES (1, md5('r')::uuid, md5('a')::uuid)";

#[tokio::test]
async fn rows_that_leave_the_schema_are_found() {
    let tables = tables();
    let faults = [
        (
            "UPDATE org_1.invoices SET payer_id = md5('2')::uuid",
            "rows-cross-tenants",
            "org_1.invoices",
        ),
        (
            "UPDATE org_1.invoices SET payer_id = md5('9')::uuid",
            "dangling-rows",
            "org_1.invoices",
        ),
        (
            "INSERT INTO org_1.lines VALUES (2, 2, md5('a')::uuid)",
            "rows-cross-tenants",
            "org_1.lines",
        ),
        (
            "UPDATE reminders SET invoice_id = md5('b')::uuid",
            "dangling-rows",
            "reminders",
        ),
    ];
    for (seed, code, subject) in faults {
        let db = patient().await;
        database::run(&db, ROWS).await.expect("rows");
        let doctor = Doctor::new(&tables).with_rows();
        let report = doctor.examine(&db).await.expect("a report");
        assert!(report.is_healthy(), "{report}");
        database::run(&db, seed).await.expect(seed);
        let report = doctor.examine(&db).await.expect("a report");
        expect(&report, &[code], seed);
        assert_eq!(report.findings()[0].subject, subject);
        assert!(
            report.findings()[0].problem.starts_with("1 row "),
            "{report}"
        );
        database::run(&db, &report.findings()[0].mend)
            .await
            .expect("a query");
        db.close().await;
    }
}

thread_local! {
    /// How many statements a test ran, which is one thread.
    static STATEMENTS: Cell<usize> = const { Cell::new(0) };
}

/// Counts what sqlx says of every statement. One for the whole process: `tracing` caches what anyone wants.
struct Counter;

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        STATEMENTS.set(STATEMENTS.get() + 1);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn tenants_add_no_queries() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Counter).expect("one subscriber"));
    let db = patient().await;
    let tables = tables();
    // The first one asks about types, too.
    for _ in 0..2 {
        STATEMENTS.set(0);
        let report = doctor::examine(&tables, &db).await.expect("a report");
        assert!(report.is_healthy(), "{report}");
    }
    let few = STATEMENTS.take();
    assert!((5..30).contains(&few), "{few}");
    let many = "DO $$ BEGIN FOR id IN 100..140 LOOP
        EXECUTE format('CREATE SCHEMA org_%s', id);
        EXECUTE format('CREATE TABLE org_%s.invoices (LIKE org_1.invoices INCLUDING ALL)', id);
        EXECUTE format('CREATE TABLE org_%s.lines (LIKE org_1.lines INCLUDING ALL,
            FOREIGN KEY (tenant_id) REFERENCES organizations (id),
            FOREIGN KEY (invoice_id) REFERENCES org_%s.invoices (id),
            FOREIGN KEY (tenant_id, by_id) REFERENCES users (tenant_id, id))', id, id);
        INSERT INTO organizations VALUES (id);
    END LOOP; END $$";
    database::run(&db, many).await.expect("schemas");
    STATEMENTS.set(0);
    let report = doctor::examine(&tables, &db).await.expect("a report");
    assert_eq!(report.to_string(), "91 tables, 0 errors, 0 warnings");
    assert!(
        STATEMENTS.take() <= few + 1,
        "{few} statements for three tenants"
    );
}
