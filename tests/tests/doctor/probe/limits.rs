//! What the probe leaves behind, and what it does not try.

use std::time::{Duration, Instant};

use sqlx::Executor as _;
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
    let state = "SELECT current_user::text, session_user::text,
        coalesce(current_setting('tenancy.tenant', true), ''),
        (SELECT count(*) FROM pg_prepared_statements WHERE name = 'tenancy_probe')";
    let own = patient.db.connect_options().get_username().to_owned();
    for _ in 0..4 {
        let mut connection = patient.db.acquire().await.expect("a connection");
        let state: (String, String, String, i64) = sqlx::query_as(state)
            .fetch_one(&mut *connection)
            .await
            .expect("the state of a connection");
        assert_eq!(state, (own.clone(), own.clone(), String::new(), 0));
    }
    patient.remove().await;
}

/// Somebody who holds a table for himself is not waited for forever, nor again and again.
#[tokio::test]
async fn a_table_that_somebody_holds_is_not_waited_for() {
    let patient = Patient::new().await;
    patient.seed(ROWS).await;
    let hold = async |lock: &'static str| {
        let mut other = patient.db.acquire().await.expect("a connection");
        let begun = other.execute(sqlx::raw_sql(lock)).await;
        begun.expect("a lock");
        other
    };
    let doctor = Doctor::new(&patient.tables).with_probe();
    // Nobody knows what it looks like.
    let mut other = hold("BEGIN; LOCK TABLE documents IN ACCESS EXCLUSIVE MODE").await;
    let examined = tokio::time::timeout(LONG, doctor.examine(&patient.db)).await;
    assert!(examined.expect("an answer").is_err());
    other.execute("ROLLBACK").await.expect("no lock");
    drop(other);
    // Nobody writes to it.
    let mut other = hold("BEGIN; LOCK TABLE documents IN EXCLUSIVE MODE").await;
    let examined = tokio::time::timeout(LONG, doctor.examine(&patient.db)).await;
    let report = examined.expect("an answer").expect("a report");
    assert!(report.is_healthy(), "{report}");
    let mut left = report.not_tried().iter();
    assert!(
        left.any(|left| left.subject == "documents" && left.why.starts_with("somebody else holds")),
        "{report}"
    );
    other.execute("ROLLBACK").await.expect("no lock");
    drop(other);
    patient.remove().await;
}

/// So long that nothing is waited for forever.
const LONG: Duration = Duration::from_secs(120);

/// Whoever gives up at any moment leaves nothing behind, and may examine again on the same connection.
#[tokio::test]
async fn nothing_is_left_of_one_that_is_given_up() {
    let patient = Patient::new().await;
    patient.seed(ROWS).await;
    let options = patient.db.connect_options().clone();
    let one = PoolOptions::new().max_connections(1);
    let db = Db::connect_with(one, options).await.expect("a connection");
    let doctor = Doctor::new(&patient.tables).with_probe();
    let before = everything(&patient).await;
    for moment in [1, 3, 5, 10, 20, 40, 60, 80, 120, 160, 200, 250, 300, 400] {
        let probing = doctor.examine(&db);
        let _ = tokio::time::timeout(Duration::from_millis(moment), probing).await;
        let report = doctor.examine(&db).await.expect("a report");
        assert!(
            report.is_healthy() && report.not_tried().is_empty(),
            "{report}"
        );
    }
    assert_eq!(everything(&patient).await, before);
    db.close().await;
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

/// Somebody who is no superuser, and whom no policy holds back, may examine, too: with rights to the tables, and to
/// become the program.
#[tokio::test]
async fn no_superuser_is_needed() {
    let patient = Patient::new().await;
    patient.seed(ROWS).await;
    let examiner = format!("examiner_{}", Uuid::now_v7().simple());
    let grants = format!(
        "CREATE ROLE {examiner} LOGIN BYPASSRLS PASSWORD 'secret'; GRANT APP TO {examiner};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {examiner}"
    );
    patient.seed(&grants).await;
    let options = patient.db.connect_options().clone();
    let options = options.username(&examiner).password("secret");
    let db = Db::connect_with(PoolOptions::new(), options)
        .await
        .expect("a connection");
    let doctor = Doctor::new(&patient.tables).with_probe();
    let report = doctor.examine(&db).await.expect("a report");
    assert!(report.is_healthy(), "{report}");
    assert_eq!(report.not_tried().len(), 1, "{report}");
    assert!(
        report.not_tried()[0]
            .why
            .starts_with("whoever is no superuser"),
        "{report}"
    );
    let faults = "CREATE VIEW people AS SELECT email FROM users; GRANT SELECT ON people TO APP;
        ALTER POLICY tenancy_isolation ON documents WITH CHECK (true)";
    patient.seed(faults).await;
    let report = doctor.examine(&db).await.expect("a report");
    assert!(codes(&report).contains(&"probe-shows"), "{report}");
    assert!(codes(&report).contains(&"probe-changes"), "{report}");
    db.close().await;
    patient
        .seed(&format!("DROP OWNED BY {examiner}; DROP ROLE {examiner}"))
        .await;
    patient.remove().await;
}

/// What the program could put there would run with the rights of whoever examines, who may be a superuser.
#[tokio::test]
async fn code_of_the_program_is_not_run() {
    for (seed, subject) in [
        (
            "GRANT CREATE ON SCHEMA public TO APP; SET ROLE APP; CREATE VIEW trap AS SELECT trap(); RESET ROLE",
            "trap",
        ),
        (
            "ALTER TABLE notes ALTER plan SET DEFAULT trap()",
            "notes",
        ),
        (
            "CREATE VIEW outer_trap AS SELECT trap(); GRANT SELECT ON outer_trap TO APP",
            "outer_trap",
        ),
        (
            "CREATE VIEW inner_trap AS SELECT trap(); CREATE VIEW outer_trap AS SELECT * FROM inner_trap;
            GRANT SELECT ON outer_trap TO APP",
            "outer_trap",
        ),
    ] {
        let patient = Patient::new().await;
        patient.seed(ROWS).await;
        // Sequences keep what a transaction did.
        patient
            .seed(
                "CREATE SEQUENCE caught; GRANT USAGE ON SEQUENCE caught TO PUBLIC;
                CREATE FUNCTION trap() RETURNS text LANGUAGE plpgsql AS
                    'BEGIN PERFORM nextval(''public.caught''); RETURN NULL; END';
                ALTER FUNCTION trap() OWNER TO APP",
            )
            .await;
        patient.seed(seed).await;
        let report = probed(&patient).await;
        let told = report.not_tried().iter().any(|left| left.subject == subject);
        assert!(told, "{report}\nafter\n{seed}");
        let mut connection = patient.db.acquire().await.expect("a connection");
        let caught: bool = sqlx::query_scalar("SELECT is_called FROM caught")
            .fetch_one(&mut *connection)
            .await
            .expect("a sequence");
        assert!(!caught, "{seed}");
        drop(connection);
        patient.remove().await;
    }
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

/// What sixty models may take.
const LONGEST: Duration = Duration::from_secs(10);

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
    let mut took = Duration::MAX;
    // The machine does other things, too, and never twice the same.
    for _ in 0..3 {
        let begun = Instant::now();
        let doctor = Doctor::new(&tables).with_probe();
        let report = doctor.examine(&db).await.expect("a report");
        assert_eq!(report.to_string(), "60 tables, 0 errors, 0 warnings");
        took = took.min(begun.elapsed());
        if took < LONGEST {
            break;
        }
    }
    assert!(took < LONGEST, "{took:?}");
    database::run(&db, &format!("DROP OWNED BY {app}; DROP ROLE {app}"))
        .await
        .expect("no role");
}
