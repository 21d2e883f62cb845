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
#[tenancy(database = sqlx::Postgres, schemas = schema_of)]
pub(crate) struct Organization {
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
    #[tenancy(default, index)]
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
    ("DROP INDEX org_2.invoices_paid_idx", &["missing-index"]),
    (
        "ALTER TABLE org_3.lines DROP CONSTRAINT lines_invoice_id_fkey,
            ADD FOREIGN KEY (invoice_id) REFERENCES org_2.invoices (id)",
        &["missing-foreign-key"],
    ),
    (
        "ALTER TABLE organizations DROP CONSTRAINT organizations_tenancy_mark_key;
        INSERT INTO organizations VALUES (8, '00000000-0000-0001-0000-000000000000')",
        &["missing-unique", "shared-schema"],
    ),
    ("INSERT INTO organizations VALUES (9)", &["no-schema-name"]),
];

pub(crate) fn tables() -> Tables<Organization> {
    Tables::new()
        .with::<User>()
        .with::<Line>()
        .with::<Invoice>()
        .with::<Reminder>()
}

/// The mark of a tenant: what its schema is called is known then, `org_1` and this.
fn mark(id: i64) -> Uuid {
    Uuid::from_u64_pair(id.cast_unsigned(), 0)
}

/// `org_1` and what follows as the name of the tenant's schema.
pub(crate) fn named(text: &str) -> String {
    let mut parts = text.split("org_");
    let mut named = parts.next().expect("a text").to_owned();
    for part in parts {
        let end = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        let mark: u64 = number.parse().expect("a number");
        named += &format!("org_{number}_{mark:016x}{rest}");
    }
    named
}

pub(crate) async fn patient() -> Fresh<sqlx::Postgres> {
    let db = database::postgres("").await;
    database::run(&db, &tables().sql())
        .await
        .expect("shared tables");
    for id in 1..=3 {
        let row = format!("INSERT INTO organizations VALUES ({id}, '{}')", mark(id));
        database::run(&db, &row).await.expect("a tenant");
        let tenant = Organization::verify(&db, id).await.expect("a tenant");
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
        database::run(&db, &named(seed)).await.expect(seed);
        let report = doctor::examine(&tables, &db).await.expect("a report");
        expect(&report, expected, seed);
        if expected
            .iter()
            .any(|code| ["shared-schema", "no-schema-name"].contains(code))
        {
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
    database::run(&db, &named("ALTER TABLE org_2.invoices DROP note"))
        .await
        .expect("no column");
    let report = doctor::examine(&tables(), &db).await.expect("a report");
    assert_eq!(report.findings()[0].subject, named("org_2.invoices"));
    assert_eq!(
        report.findings()[0].mend,
        named("ALTER TABLE \"org_2\".\"invoices\" ADD COLUMN \"note\" text;\n")
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
        database::run(&db, &named(ROWS)).await.expect("rows");
        let doctor = Doctor::new(&tables).with_rows();
        let report = doctor.examine(&db).await.expect("a report");
        assert!(report.is_healthy(), "{report}");
        database::run(&db, &named(seed)).await.expect(seed);
        let report = doctor.examine(&db).await.expect("a report");
        expect(&report, &[code], seed);
        assert_eq!(report.findings()[0].subject, named(subject));
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

/// The same where row-level security is examined in them.
mod secured {
    use super::*;
    use tenancy_tests::rls::{Installed, installed};

    #[derive(Debug, TenantRoot)]
    #[tenancy(database = sqlx::Postgres, rls, schemas)]
    struct Firm {
        id: Uuid,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Firm, strategy = schema)]
    struct Ticket {
        id: Uuid,
    }

    #[derive(Debug, TenantScoped)]
    #[tenancy(root = Firm, strategy = schema, attribute = tenant_id)]
    struct Answer {
        id: Uuid,
        #[tenancy(belongs_to = Ticket)]
        ticket_id: Uuid,
    }

    #[tokio::test]
    async fn tenants_add_no_queries() {
        count_statements();
        for signed in [false, true] {
            let tables = Tables::new().with::<Ticket>().with::<Answer>();
            let on: Installed<Firm> = installed(tables, signed).await;
            let superuser = database::postgres_at(&on.superuser).await;
            let mut counted = Vec::new();
            for more in [2, 0, 20] {
                for _ in 0..more {
                    let firm = Firm::create(NewFirm {})
                        .execute(&on.db)
                        .await
                        .expect("a tenant");
                    firm.create_schema_as(&on.owner, on.tables.of_schema())
                        .await
                        .expect("a schema");
                }
                STATEMENTS.set(0);
                let report = doctor::examine(&on.tables, &superuser)
                    .await
                    .expect("a report");
                assert!(report.is_healthy(), "{report}");
                counted.push(STATEMENTS.take());
            }
            // The first one asks about types, too.
            let [_, few, many] = counted[..] else {
                panic!("{counted:?}")
            };
            assert!((10..60).contains(&few), "{few}");
            assert!(
                many <= few + 1,
                "{many} statements for 22 tenants, {few} for two"
            );
        }
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

fn count_statements() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Counter).expect("one subscriber"));
}

#[tokio::test]
async fn tenants_add_no_queries() {
    count_statements();
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
    let many = "DO $$ DECLARE place text; mark uuid; BEGIN FOR id IN 100..140 LOOP
        INSERT INTO organizations VALUES (id) RETURNING tenancy_mark INTO mark;
        place := format('org_%s_%s', id, left(replace(mark::text, '-', ''), 16));
        EXECUTE format('CREATE SCHEMA %I', place);
        EXECUTE format('CREATE TABLE %I.invoices (LIKE {org}.invoices INCLUDING ALL)', place);
        EXECUTE format('CREATE TABLE %1$I.lines (LIKE {org}.lines INCLUDING ALL,
            FOREIGN KEY (tenant_id) REFERENCES organizations (id),
            FOREIGN KEY (invoice_id) REFERENCES %1$I.invoices (id),
            FOREIGN KEY (tenant_id, by_id) REFERENCES users (tenant_id, id))', place);
    END LOOP; END $$";
    let many = many.replace("{org}", &named("org_1"));
    database::run(&db, &many).await.expect("schemas");
    STATEMENTS.set(0);
    let report = doctor::examine(&tables, &db).await.expect("a report");
    assert_eq!(report.to_string(), "91 tables, 0 errors, 0 warnings");
    assert!(
        STATEMENTS.take() <= few + 1,
        "{few} statements for three tenants"
    );
}
