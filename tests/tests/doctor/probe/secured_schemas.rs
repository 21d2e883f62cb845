//! Row-level security in schemas of tenants.

use tenancy::ddl::Tables;
use tenancy::doctor::{Doctor, Report};
use tenancy::{Root as _, TenantRoot, TenantScoped};
use tenancy_tests::database::postgres_at;
use tenancy_tests::rls::{Installed, execute, installed};
use uuid::Uuid;

use crate::codes;

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, rls, schemas)]
struct Firm {
    id: Uuid,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Firm)]
struct Person {
    id: Uuid,
    name: String,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Firm, strategy = schema)]
struct Ticket {
    id: Uuid,
    title: String,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Firm, strategy = schema, attribute = tenant_id)]
struct Answer {
    id: Uuid,
    #[tenancy(belongs_to = Ticket)]
    ticket_id: Uuid,
    #[tenancy(belongs_to = Person)]
    by_id: Uuid,
    words: Option<String>,
}

/// The fault's name, what plants it, and a code of what is found. `ONE` and `TWO` are schemas of tenants, `APP` is the
/// role of the program, `OWNER` that of the tables.
const FAULTS: &[(&str, &str, &str)] = &[
    ("no row-level security", "ALTER TABLE ONE.tickets DISABLE ROW LEVEL SECURITY", "probe-shows"),
    ("a policy for all", "CREATE POLICY support ON ONE.tickets USING (true)", "probe-shows"),
    (
        "the policy of another tenant",
        "DO $$ BEGIN EXECUTE (
            SELECT format('ALTER POLICY %I ON ONE.tickets USING (%s) WITH CHECK (%s)', polname,
                pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
            FROM pg_policy WHERE polrelid = 'TWO.tickets'::regclass AND polpermissive
        ); END $$",
        "probe-shows",
    ),
    ("a view", "CREATE VIEW ONE.all_tickets AS SELECT title FROM TWO.tickets; GRANT SELECT ON ONE.all_tickets TO APP", "probe-shows"),
    (
        "a shared view",
        "CREATE VIEW all_tickets AS SELECT * FROM ONE.tickets UNION ALL SELECT * FROM TWO.tickets;
        GRANT SELECT ON all_tickets TO PUBLIC",
        "probe-shows",
    ),
    ("a parent", "CREATE TABLE things (title text NOT NULL); ALTER TABLE TWO.tickets INHERIT things; GRANT SELECT ON things TO APP", "probe-shows"),
    (
        "a function",
        "CREATE FUNCTION everything() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path = public
            AS 'SELECT words FROM TWO.answers'",
        "probe-shows",
    ),
    (
        "a function that removes rows",
        "CREATE FUNCTION clean() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public
            AS 'DELETE FROM ONE.answers'",
        "probe-changes",
    ),
    (
        "a trigger that writes to another schema",
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
            'BEGIN UPDATE TWO.tickets SET title = ''x''; RETURN NEW; END';
        CREATE TRIGGER touch AFTER UPDATE ON ONE.tickets FOR EACH ROW EXECUTE FUNCTION touch()",
        "probe-changes",
    ),
    (
        "a trigger that writes to shared rows",
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
            'BEGIN UPDATE persons SET name = name; RETURN OLD; END';
        CREATE TRIGGER touch BEFORE DELETE ON ONE.answers FOR EACH ROW EXECUTE FUNCTION touch()",
        "probe-changes",
    ),
    (
        "a trigger that tells of another schema",
        "CREATE TABLE counts (number bigint); INSERT INTO counts VALUES (0); GRANT SELECT ON counts TO APP;
        CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
            'BEGIN UPDATE counts SET number = number + 1; RETURN NEW; END';
        CREATE TRIGGER tell AFTER INSERT ON TWO.tickets FOR EACH ROW EXECUTE FUNCTION tell()",
        "probe-tells",
    ),
    ("a table beside them", "CREATE TABLE ONE.copies AS SELECT * FROM ONE.answers; GRANT SELECT ON ONE.copies TO APP", "rls-disabled"),
    ("the schema", "ALTER SCHEMA ONE OWNER TO APP", "role-owns-schema"),
    ("TRUNCATE", "GRANT TRUNCATE ON ONE.tickets TO APP", "truncate-granted"),
    ("a right is missing", "REVOKE UPDATE ON TWO.tickets FROM APP", "missing-grant"),
    ("the schema's right is missing", "REVOKE USAGE ON SCHEMA TWO FROM APP", "missing-grant"),
    (
        "code that the program can change",
        "CREATE FUNCTION fill() RETURNS text LANGUAGE sql AS 'SELECT NULL::text'; ALTER FUNCTION fill() OWNER TO APP;
        ALTER TABLE ONE.answers ALTER words SET DEFAULT fill()",
        "role-owns-code",
    ),
];

struct Patient {
    on: Installed<Firm>,
    superuser: tenancy::Db<sqlx::Postgres>,
    schemas: Vec<String>,
}

impl Patient {
    async fn new(signed: bool) -> Self {
        let tables = Tables::new()
            .with::<Person>()
            .with::<Ticket>()
            .with::<Answer>();
        let on: Installed<Firm> = installed(tables, signed).await;
        let mut schemas = Vec::new();
        for _ in 0..2 {
            let firm = Firm::create(NewFirm {})
                .execute(&on.db)
                .await
                .expect("a tenant");
            let made = firm
                .create_schema_as(&on.owner, on.tables.of_schema())
                .await;
            made.expect("a schema");
            schemas.push(firm.schema().await.expect("a name").as_str().to_owned());
        }
        let superuser = postgres_at(&on.superuser).await;
        Self {
            on,
            superuser,
            schemas,
        }
    }

    async fn seed(&self, sql: &str) {
        let sql = sql
            .replace("ONE", &self.schemas[0])
            .replace("TWO", &self.schemas[1])
            .replace("APP", self.on.program.get_username());
        execute(&self.on.superuser, sql).await;
    }

    async fn probed(&self) -> Report {
        let doctor = Doctor::new(&self.on.tables).with_probe();
        doctor.examine(&self.superuser).await.expect("a report")
    }
}

#[tokio::test]
async fn each_fault_is_found() {
    let mut missed = Vec::new();
    for (at, (name, seed, expected)) in FAULTS.iter().enumerate() {
        let patient = Patient::new(at % 2 == 1).await;
        let report = patient.probed().await;
        assert!(
            report.is_healthy() && report.not_tried().is_empty(),
            "{report}"
        );
        patient.seed(seed).await;
        let report = patient.probed().await;
        if !codes(&report).contains(expected) {
            missed.push(format!("{name}: {expected}\n{report}"));
        }
    }
    let number = missed.len();
    assert!(
        missed.is_empty(),
        "{number} of {}\n{}",
        FAULTS.len(),
        missed.join("\n\n")
    );
}

/// Policies and rights come with a table that is made: nothing is left for another report to say.
#[tokio::test]
async fn a_table_that_is_not_there_is_made_with_its_policies() {
    for signed in [false, true] {
        let patient = Patient::new(signed).await;
        patient
            .seed("DROP TABLE ONE.answers; DROP TABLE TWO.answers, TWO.tickets")
            .await;
        let report = patient.probed().await;
        assert_eq!(codes(&report), ["missing-table"], "{report}");
        execute(&patient.on.superuser, crate::mends(&report)).await;
        let report = patient.probed().await;
        assert!(
            report.is_healthy() && report.not_tried().is_empty(),
            "{report}"
        );
    }
}
