//! Faults of schemas of tenants.

use tenancy::ddl::Tables;
use tenancy::doctor;
use tenancy::{Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database::{self, Fresh};
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
    #[tenancy(belongs_to = User, index)]
    by_id: Option<Uuid>,
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
