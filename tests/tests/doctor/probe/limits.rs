//! What the probe leaves behind, and what it does not try.

use std::time::{Duration, Instant};

use tenancy::ddl::Tables;
use tenancy::doctor::Doctor;
use tenancy::{Db, PoolOptions, TenantRoot, TenantScoped};
use tenancy_tests::database;
use uuid::Uuid;

use super::{ROWS, probed};
use crate::codes;
use crate::security::Patient;

/// All rows, and where each of them is.
const EVERYTHING: &str = "SELECT string_agg(x, ';' ORDER BY x) FROM (
    SELECT t::text || t.ctid::text AS x FROM organizations t UNION ALL SELECT t::text || t.ctid::text FROM users t
    UNION ALL SELECT t::text || t.ctid::text FROM documents t UNION ALL SELECT t::text || t.ctid::text FROM notes t
    UNION ALL SELECT t::text || t.ctid::text FROM plans t UNION ALL SELECT last_value::text FROM notes_id_seq
) all_rows";

async fn everything(patient: &Patient) -> String {
    let mut connection = patient.db.acquire().await.expect("a connection");
    sqlx::query_scalar(EVERYTHING)
        .fetch_one(&mut *connection)
        .await
        .expect("rows")
}

#[tokio::test]
async fn nothing_is_left_of_it() {
    let patient = Patient::new().await;
    patient.seed(ROWS).await;
    let before = everything(&patient).await;
    assert!(probed(&patient).await.is_healthy());
    assert_eq!(everything(&patient).await, before);
    // The role, the settings and the statements of the connection, too: there are four of them at most.
    let state = "SELECT current_user = session_user AND current_setting('tenancy.tenant', true) IS NOT DISTINCT FROM ''
            OR current_setting('tenancy.tenant', true) IS NULL,
        (SELECT count(*) FROM pg_prepared_statements WHERE name = 'tenancy_probe')";
    for _ in 0..4 {
        let mut connection = patient.db.acquire().await.expect("a connection");
        let state: (bool, i64) = sqlx::query_as(state)
            .fetch_one(&mut *connection)
            .await
            .expect("the state of a connection");
        assert_eq!(state, (true, 0));
    }
    patient.remove().await;
}

/// What each seed keeps from being tried, and the beginning of why. It is no fault.
const NOT_TRIED: &[(&str, &str, &str)] = &[
    (
        "ALTER TABLE documents ADD CHECK (title ~ '^A poem about')",
        "documents",
        "it takes no row",
    ),
    (
        "ALTER TABLE documents ADD area polygon NOT NULL",
        "documents",
        "the probe knows no value of the type polygon",
    ),
    (
        "CREATE FUNCTION far() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_advisory_lock(7); RETURN NEW; END';
        CREATE TRIGGER far AFTER INSERT ON documents FOR EACH ROW EXECUTE FUNCTION far()",
        "documents",
        "it has triggers with code that a rollback does not undo",
    ),
    (
        "CREATE FUNCTION far() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS
            'BEGIN PERFORM pg_advisory_lock(7); END';
        ALTER FUNCTION far() OWNER TO OTHER",
        "far()",
        "it is not called",
    ),
    (
        "CREATE FUNCTION far(x polygon) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = public
            AS 'SELECT 1';
        ALTER FUNCTION far(polygon) OWNER TO OTHER",
        "far(polygon)",
        "the probe knows no values of its parameters",
    ),
    (
        "CREATE VIEW slow AS SELECT pg_sleep(60)::text AS x; GRANT SELECT ON slow TO APP",
        "slow",
        "looking through it took too long",
    ),
    (
        "CREATE VIEW broken AS SELECT 1 / (random() * 0)::integer AS x; GRANT SELECT ON broken TO APP",
        "broken",
        "looking through it fails (SQLSTATE 22012)",
    ),
    (
        "CREATE VIEW clocks AS SELECT clock_timestamp(); GRANT SELECT ON clocks TO APP",
        "clocks",
        "it shows something else each time",
    ),
    (
        "CREATE EXTENSION file_fdw; CREATE SERVER files foreign data wrapper file_fdw;
        CREATE FOREIGN TABLE countries (name text) SERVER files OPTIONS (filename '/dev/null');
        GRANT SELECT ON countries TO APP",
        "countries",
        "what is in a foreign table is elsewhere",
    ),
    (
        "CREATE TABLE letters (x text); GRANT DELETE ON letters TO APP",
        "letters",
        "who may write to it and not read it",
    ),
];

#[tokio::test]
async fn what_was_not_tried_is_said() {
    for (seed, subject, why) in NOT_TRIED {
        let patient = Patient::new().await;
        patient.seed(seed).await;
        let report = probed(&patient).await;
        let told = report
            .not_tried()
            .iter()
            .any(|left| left.subject == *subject && left.why.starts_with(why));
        assert!(told, "{subject}: {why}\n{report}\nafter\n{seed}");
        patient.remove().await;
    }
}

/// Whoever is subject to the policies sees what they let through, and calls it healthy.
#[tokio::test]
async fn whoever_is_subject_to_policies_is_refused() {
    let patient = Patient::new().await;
    patient.seed("ALTER ROLE APP LOGIN PASSWORD 'secret'").await;
    let options = patient.db.connect_options().clone();
    let options = options.username(&patient.app).password("secret");
    let db = Db::connect_with(PoolOptions::new(), options)
        .await
        .expect("a connection");
    let report = Doctor::new(&patient.tables)
        .with_probe()
        .examine(&db)
        .await
        .expect("a report");
    assert_eq!(codes(&report), ["not-probed"], "{report}");
    db.close().await;
    patient.remove().await;
}

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Postgres, rls)]
struct Company {
    id: Uuid,
    name: String,
}

/// Many models.
macro_rules! models {
    ($($name:ident)*) => {
        $(
            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Company)]
            struct $name {
                id: Uuid,
                #[tenancy(unique)]
                title: String,
                #[tenancy(index)]
                number: i64,
                note: Option<String>,
            }
        )*

        fn companies() -> Tables<Company> {
            Tables::new()$(.with::<$name>())*
        }
    };
}

models! {
    A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 B0 B1 B2 B3 B4 B5 B6 B7 B8 B9 C0 C1 C2 C3 C4 C5 C6 C7 C8 C9
    D0 D1 D2 D3 D4 D5 D6 D7 D8 D9 E0 E1 E2 E3 E4 E5 E6 E7 E8 E9 F0 F1 F2 F3 F4 F5 F6 F7 F8
}

/// Sixty models, and ten seconds for them, on a machine that does other things, too.
#[tokio::test]
async fn sixty_models_take_less_than_ten_seconds() {
    let db = database::postgres("").await;
    let app = format!("app_{}", Uuid::now_v7().simple());
    let tables = companies()
        .granted_to(app.as_str())
        .expect("the name of a role");
    database::run(&db, &format!("CREATE ROLE {app}; {}", tables.sql()))
        .await
        .expect("tables");
    let begun = Instant::now();
    let report = Doctor::new(&tables)
        .with_probe()
        .examine(&db)
        .await
        .expect("a report");
    let took = begun.elapsed();
    assert_eq!(report.to_string(), "60 tables, 0 errors, 0 warnings");
    assert!(took < Duration::from_secs(10), "{took:?}");
    eprintln!("{took:?}");
    database::run(&db, &format!("DROP OWNED BY {app}; DROP ROLE {app}"))
        .await
        .expect("no role");
}
