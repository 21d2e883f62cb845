//! Faults of what verifies signatures.

use tenancy::doctor;
use tenancy::rls::SigningKey;
use tenancy_tests::database;
use uuid::Uuid;

use crate::{expect, mends, secured};

/// What somebody does, and what is found then. `APP` is the role of the program.
const FAULTS: &[(&str, &[&str])] = &[
    ("DROP SCHEMA tenancy CASCADE", &["policy-missing", "signatures-not-verified"]),
    (
        "CREATE OR REPLACE FUNCTION tenancy.tenant() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
            AS $$ SELECT substr(current_setting('tenancy.tenant', true), 66) $$",
        &["signatures-not-verified"],
    ),
    (
        "ALTER FUNCTION tenancy.tenant() RESET search_path",
        &["signatures-not-verified"],
    ),
    ("ALTER FUNCTION tenancy.tenant() OWNER TO APP", &["signatures-forgeable"]),
    ("GRANT CREATE ON SCHEMA tenancy TO APP", &["signatures-forgeable"]),
    ("GRANT SELECT ON tenancy.signing_keys TO PUBLIC", &["signing-key-readable"]),
    ("GRANT INSERT ON tenancy.signing_keys TO APP", &["signing-key-readable"]),
    ("ALTER TABLE tenancy.signing_keys OWNER TO APP", &["signing-key-readable"]),
    (
        "ALTER POLICY tenancy_isolation ON users
            USING (tenant_id = nullif(current_setting('tenancy.tenant', true), '')::uuid)",
        &["policy-widens"],
    ),
    (
        "CREATE FUNCTION tenancy.everyone() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER
            AS 'SELECT * FROM users'",
        &["security-definer"],
    ),
];

#[tokio::test]
async fn each_is_found_and_mended() {
    for (seed, expected) in FAULTS {
        let db = database::postgres("").await;
        let app = format!("app_{}", Uuid::now_v7().simple());
        let setup = SigningKey::new([7; 32]).setup();
        database::run(&db, &format!("CREATE ROLE {app}; {setup}"))
            .await
            .expect("a role");
        let tables = secured::tables()
            .signed()
            .granted_to(app.as_str())
            .expect("the name of a role");
        database::run(&db, &tables.sql()).await.expect("tables");
        let report = doctor::examine(&tables, &db).await.expect("a report");
        assert!(report.is_healthy(), "{report}");

        let run = async |sql: &str| {
            let sql = sql.replace("APP", &app);
            database::run(&db, &sql)
                .await
                .unwrap_or_else(|error| panic!("{error:?} from {sql}"));
        };
        run(seed).await;
        let report = doctor::examine(&tables, &db).await.expect("a report");
        expect(&report, expected, seed);
        if seed.starts_with("DROP SCHEMA") {
            // The doctor does not know the key.
            run(&setup).await;
        }
        run(&mends(&report)).await;
        let report = doctor::examine(&tables, &db).await.expect("a report");
        assert!(report.is_healthy(), "{report}\nafter\n{seed}");
        run("DROP OWNED BY APP CASCADE; DROP ROLE APP").await;
    }
}
