//! The same in schemas of tenants, and without row-level security, where nobody but the statements keeps tenants apart.

use tenancy::doctor::{Doctor, Report};
use tenancy_tests::database;

use crate::codes;
use crate::schemas::{named, patient, tables};

/// The fault's name, what plants it, and a code of what is found.
const FAULTS: &[(&str, &str, &str)] = &[
    (
        "a trigger that writes to the rows of another schema",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN UPDATE org_2.invoices SET paid = NOT paid; RETURN NEW; END';
        CREATE TRIGGER t AFTER UPDATE ON org_1.invoices FOR EACH ROW EXECUTE FUNCTION f()",
        "probe-changes",
    ),
    (
        "a trigger that removes rows of another schema",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM org_3.lines; RETURN NEW; END';
        CREATE TRIGGER t AFTER INSERT ON org_1.lines FOR EACH ROW EXECUTE FUNCTION f()",
        "probe-changes",
    ),
    (
        "a trigger that writes to everybody's shared rows",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN DELETE FROM public.reminders; RETURN NULL; END';
        CREATE TRIGGER t AFTER DELETE ON org_2.lines FOR EACH STATEMENT EXECUTE FUNCTION f()",
        "probe-changes",
    ),
    (
        "a trigger on a shared table that writes to a schema",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN UPDATE org_2.invoices SET note = ''x''; RETURN NEW; END';
        CREATE TRIGGER t AFTER UPDATE ON reminders FOR EACH ROW EXECUTE FUNCTION f();
        ALTER TABLE reminders ADD words text",
        "probe-changes",
    ),
    (
        "a rule that writes to another schema",
        "CREATE RULE r AS ON DELETE TO org_1.lines DO ALSO DELETE FROM org_2.lines",
        "probe-changes",
    ),
    (
        "a view of another tenant's table",
        "DROP TABLE org_2.lines; CREATE VIEW org_2.lines AS SELECT * FROM org_1.lines",
        "probe-moves",
    ),
    (
        "a trigger that moves rows to another schema",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO org_2.lines VALUES (NEW.*); RETURN NULL; END';
        ALTER TABLE org_2.lines DROP CONSTRAINT lines_invoice_id_fkey;
        CREATE TRIGGER t BEFORE INSERT ON org_1.lines FOR EACH ROW EXECUTE FUNCTION f()",
        "probe-moves",
    ),
    (
        "a part of another tenant's table",
        "ALTER TABLE org_2.invoices INHERIT org_1.invoices",
        "probe-moves",
    ),
    (
        "a trigger that leaves new rows out",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER t BEFORE INSERT ON org_2.invoices FOR EACH ROW EXECUTE FUNCTION f()",
        "probe-moves",
    ),
    (
        "a trigger that moves shared rows",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.tenant_id := 3; RETURN NEW; END';
        CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()",
        "probe-moves",
    ),
    (
        "a foreign key that leads to another schema and removes",
        "ALTER TABLE org_2.lines DROP CONSTRAINT lines_invoice_id_fkey,
            ADD FOREIGN KEY (invoice_id) REFERENCES org_1.invoices (id) ON DELETE CASCADE",
        "missing-foreign-key",
    ),
    (
        "a foreign key that sets the tenant",
        "ALTER TABLE org_2.lines ALTER tenant_id SET DEFAULT 3, DROP CONSTRAINT lines_tenant_id_by_id_fkey,
            ADD FOREIGN KEY (tenant_id, by_id) REFERENCES users (tenant_id, id) ON DELETE SET DEFAULT",
        "foreign-key-sets-tenant",
    ),
];

async fn probed(db: &tenancy::Db<sqlx::Postgres>) -> Report {
    let tables = tables();
    let doctor = Doctor::new(&tables).with_probe();
    doctor.examine(db).await.expect("a report")
}

#[tokio::test]
async fn each_fault_is_found() {
    for (name, seed, expected) in FAULTS {
        let db = patient().await;
        let report = probed(&db).await;
        assert!(
            report.is_healthy() && report.not_tried().is_empty(),
            "{report}"
        );
        database::run(&db, &named(seed)).await.expect(name);
        let report = probed(&db).await;
        assert!(
            codes(&report).contains(expected),
            "{name}: {expected}\n{report}"
        );
        db.close().await;
    }
}

#[tokio::test]
async fn schemas_that_were_not_asked_for_are_said() {
    let db = patient().await;
    let tables = tables();
    let report = Doctor::new(&tables)
        .with_probe_of(1)
        .examine(&db)
        .await
        .expect("a report");
    assert!(report.is_healthy(), "{report}");
    assert_eq!(report.not_tried().len(), 1, "{report}");
    assert_eq!(report.not_tried()[0].subject, "schemas");
    assert!(
        report.not_tried()[0].why.starts_with("2 schemas"),
        "{report}"
    );
}

/// Nothing is undone where nothing can be written.
#[tokio::test]
async fn a_database_that_takes_no_writes_is_refused() {
    let db = patient().await;
    let options = db
        .connect_options()
        .clone()
        .options([("default_transaction_read_only", "on")]);
    let db = tenancy::Db::connect_with(tenancy::PoolOptions::new(), options)
        .await
        .expect("a connection");
    let report = probed(&db).await;
    assert_eq!(codes(&report), ["not-probed"], "{report}");
}
