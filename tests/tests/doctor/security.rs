//! Faults of row-level security on PostgreSQL.

use tenancy::ddl::Tables;
use tenancy::doctor::{self, Doctor, Report};
use tenancy::rls::SigningKey;
use tenancy::{Backend, Db};
use tenancy_tests::database::{self, Fresh};
use uuid::Uuid;

use crate::secured::{Organization, tables};
use crate::{expect, mends};

/// What somebody does, and what is found then. `APP` is the role of the program, `OTHER` another one, `SELF` the
/// name of the database.
const FAULTS: &[(&str, &[&str])] = &[
    ("ALTER TABLE users DISABLE ROW LEVEL SECURITY", &["rls-disabled"]),
    ("ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY", &["rls-not-forced"]),
    ("DROP POLICY tenancy_isolation ON users", &["policy-missing"]),
    (
        "ALTER POLICY tenancy_isolation ON users TO OTHER",
        &["policy-missing"],
    ),
    (
        "DROP POLICY tenancy_isolation ON users; CREATE POLICY r ON users FOR SELECT
            USING (tenant_id = nullif(current_setting('tenancy.tenant', true), '')::uuid)",
        &["policy-missing"],
    ),
    ("CREATE POLICY support ON users USING (email LIKE '%@support.example')", &["policy-widens"]),
    ("CREATE POLICY reading ON notes FOR SELECT USING (true)", &["policy-widens"]),
    (
        "ALTER POLICY tenancy_isolation ON users
            USING (tenant_id = nullif(current_setting('tenancy.tenant', true), '')::uuid OR name IS NULL)",
        &["policy-widens"],
    ),
    (
        "ALTER POLICY tenancy_isolation ON users
            USING (tenant_id = nullif(current_setting('another.tenant', true), '')::uuid)",
        &["policy-widens"],
    ),
    ("ALTER POLICY tenancy_isolation ON users WITH CHECK (true)", &["policy-without-check"]),
    ("CREATE POLICY writing ON users FOR INSERT WITH CHECK (name IS NULL)", &["policy-without-check"]),
    (
        "ALTER POLICY tenancy_isolation ON users
            USING (tenant_id = current_setting('tenancy.tenant', true)::uuid)",
        &["policy-fragile"],
    ),
    (
        "ALTER TABLE notes RENAME TO old; ALTER TABLE old RENAME CONSTRAINT notes_pkey TO old_pkey;
        CREATE TABLE notes (LIKE old INCLUDING IDENTITY, PRIMARY KEY (tenant_id, id),
            FOREIGN KEY (tenant_id) REFERENCES organizations (id),
            FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id),
            FOREIGN KEY (plan) REFERENCES plans (name), FOREIGN KEY (about_id) REFERENCES organizations (id)
        ) PARTITION BY HASH (tenant_id);
        DROP TABLE old;
        CREATE TABLE notes_0 PARTITION OF notes FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE notes_1 PARTITION OF notes FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        ALTER TABLE notes ENABLE ROW LEVEL SECURITY; ALTER TABLE notes FORCE ROW LEVEL SECURITY;
        CREATE POLICY tenancy_isolation ON notes
            USING (tenant_id = nullif(current_setting('tenancy.tenant', true), '')::uuid);
        GRANT SELECT, INSERT, UPDATE, DELETE ON notes, notes_1 TO APP",
        &["partition-without-rls"],
    ),
    ("CREATE VIEW people AS SELECT * FROM users; GRANT SELECT ON people TO APP", &["view-bypasses-rls"]),
    (
        "CREATE VIEW inner_people AS SELECT * FROM users; ALTER VIEW inner_people OWNER TO OTHER;
        GRANT SELECT ON users TO OTHER;
        CREATE VIEW people AS SELECT * FROM inner_people; GRANT SELECT ON people TO APP",
        &["view-bypasses-rls"],
    ),
    (
        "CREATE VIEW inner_people AS SELECT * FROM users;
        CREATE VIEW people AS SELECT * FROM inner_people; ALTER VIEW people OWNER TO OTHER;
        GRANT SELECT ON inner_people TO OTHER; GRANT SELECT ON people TO PUBLIC",
        &["view-bypasses-rls"],
    ),
    (
        "CREATE MATERIALIZED VIEW numbers AS SELECT tenant_id, count(*) FROM users GROUP BY 1;
        GRANT SELECT ON numbers TO APP",
        &["materialized-view-leaks"],
    ),
    (
        "CREATE FUNCTION everyone() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER
            SET search_path = public AS 'SELECT * FROM users'",
        &["security-definer"],
    ),
    (
        "CREATE PROCEDURE remove(id uuid, really boolean) LANGUAGE sql SECURITY DEFINER
            AS 'DELETE FROM users WHERE users.id = remove.id'",
        &["security-definer"],
    ),
    (
        "CREATE FUNCTION one() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
        ALTER FUNCTION one() OWNER TO OTHER",
        &["security-definer-search-path"],
    ),
    ("GRANT TRUNCATE ON documents TO APP", &["truncate-granted"]),
    ("GRANT TRIGGER ON documents TO PUBLIC", &["trigger-granted"]),
    ("GRANT REFERENCES ON users TO APP", &["references-granted"]),
    ("GRANT ALL ON users TO APP", &["truncate-granted", "trigger-granted", "references-granted"]),
    ("ALTER ROLE APP SUPERUSER", &["role-superuser"]),
    ("ALTER ROLE APP BYPASSRLS", &["role-bypasses-rls"]),
    ("ALTER ROLE APP CREATEROLE", &["role-creates-roles"]),
    ("ALTER TABLE users OWNER TO APP", &["role-owns-table"]),
    ("ALTER TABLE users OWNER TO OTHER; GRANT OTHER TO APP", &["role-member-of-owner"]),
    ("ALTER ROLE OTHER BYPASSRLS; GRANT OTHER TO APP", &["role-member-bypasses"]),
    ("ALTER ROLE APP SET row_security = off", &["row-security-off"]),
    ("ALTER DATABASE SELF SET row_security = off", &["row-security-off"]),
    ("ALTER ROLE APP IN DATABASE SELF SET row_security = off", &["row-security-off"]),
    ("DROP OWNED BY APP; DROP ROLE APP", &["missing-role"]),
];

/// What is no fault.
pub(crate) const FINE: &[&str] = &[
    "CREATE VIEW people AS SELECT * FROM users",
    "CREATE VIEW people WITH (security_invoker = on) AS SELECT * FROM users; GRANT SELECT ON people TO APP",
    "GRANT SELECT ON users TO OTHER; CREATE VIEW people AS SELECT * FROM users; ALTER VIEW people OWNER TO OTHER;
        GRANT SELECT ON people TO APP",
    "CREATE MATERIALIZED VIEW numbers AS SELECT count(*) FROM users",
    "CREATE VIEW prices AS SELECT * FROM plans; GRANT SELECT ON prices TO APP",
    "CREATE POLICY narrower ON users AS RESTRICTIVE USING (name IS NOT NULL)",
    "CREATE POLICY support ON users TO OTHER USING (true)",
    "ALTER POLICY tenancy_isolation ON users USING (
        tenant_id = (SELECT nullif(current_setting('tenancy.tenant', true), '')::uuid) AND email <> 'a or b'
    )",
    "CREATE FUNCTION everyone() RETURNS SETOF users LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM users';
        REVOKE EXECUTE ON FUNCTION everyone() FROM PUBLIC",
    "CREATE FUNCTION one() RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';
        ALTER FUNCTION one() OWNER TO OTHER",
    "CREATE FUNCTION everyone() RETURNS SETOF users LANGUAGE sql AS 'SELECT * FROM users'",
    "GRANT TRUNCATE ON documents TO OTHER",
    "GRANT OTHER TO APP",
];

/// A database with policies, and the names of two roles.
pub(crate) struct Patient {
    pub(crate) db: Fresh<sqlx::Postgres>,
    pub(crate) tables: Tables<Organization>,
    pub(crate) app: String,
    other: String,
}

impl Patient {
    pub(crate) async fn new() -> Self {
        Self::with("", |tables| tables).await
    }

    /// With policies that verify signatures.
    pub(crate) async fn signed(key: &SigningKey) -> Self {
        Self::with(&key.setup(), Tables::signed).await
    }

    async fn with(setup: &str, more: fn(Tables<Organization>) -> Tables<Organization>) -> Self {
        let db = database::postgres("").await;
        let number = Uuid::now_v7().simple();
        let (app, other) = (format!("app_{number}"), format!("other_{number}"));
        // On one server roles are shared by all databases, so other tests do not grant these anything.
        database::run(
            &db,
            &format!("CREATE ROLE {app}; CREATE ROLE {other}; {setup}"),
        )
        .await
        .expect("roles");
        let tables = more(tables())
            .granted_to(app.as_str())
            .expect("the name of a role");
        database::run(&db, &tables.sql()).await.expect("tables");
        Self {
            db,
            tables,
            app,
            other,
        }
    }

    /// SQL with the names of the roles and of the database.
    pub(crate) fn named(&self, sql: &str) -> String {
        let options = self.db.connect_options();
        sql.replace("APP", &self.app)
            .replace("OTHER", &self.other)
            .replace("SELF", options.get_database().unwrap_or_default())
    }

    pub(crate) async fn seed(&self, sql: &str) {
        run(&self.db, &self.named(sql)).await;
    }

    async fn report(&self) -> Report {
        doctor::examine(&self.tables, &self.db)
            .await
            .expect("a report")
    }

    /// Roles outlive the database.
    pub(crate) async fn remove(self) {
        let remove = "ALTER DATABASE SELF OWNER TO CURRENT_USER; DROP OWNED BY APP, OTHER CASCADE; DROP ROLE APP, OTHER";
        self.seed(remove).await;
        self.db.close().await;
    }
}

pub(crate) async fn run<DB: Backend>(db: &Db<DB>, sql: &str)
where
    for<'c> &'c mut DB::Connection: sqlx::Executor<'c, Database = DB>,
{
    database::run(db, sql)
        .await
        .unwrap_or_else(|error| panic!("{:?}\nfrom\n{sql}", std::error::Error::source(&error)));
}

#[tokio::test]
async fn each_is_found_and_mended() {
    for (seed, expected) in FAULTS {
        let patient = Patient::new().await;
        let report = patient.report().await;
        assert!(report.is_healthy(), "{report}");
        patient.seed(seed).await;
        let report = patient.report().await;
        expect(&report, expected, seed);
        let mends = mends(&report);
        run(&patient.db, &mends).await;
        let mut report = patient.report().await;
        if *expected == ["missing-role"] {
            // A new role has no rights, which is no fault of the database.
            assert!(report.is_healthy(), "{report}");
        }
        // Where the fault hid another one.
        if !report.is_healthy() {
            run(&patient.db, &crate::mends(&report)).await;
            report = patient.report().await;
        }
        assert!(
            report.is_healthy(),
            "{report}\nafter\n{seed}\nfrom\n{mends}"
        );
        patient.remove().await;
    }
}

#[tokio::test]
async fn what_is_no_fault_is_not_found() {
    for seed in FINE {
        let patient = Patient::new().await;
        patient.seed(seed).await;
        let report = patient.report().await;
        assert!(report.is_healthy(), "{report}\nafter\n{seed}");
        patient.remove().await;
    }
}

/// The tests connect as a superuser.
#[tokio::test]
async fn without_a_name_it_is_the_role_of_the_connection() {
    let patient = Patient::new().await;
    let tables = tables();
    let report = Doctor::new(&tables)
        .examine(&patient.db)
        .await
        .expect("a report");
    assert!(
        report
            .findings()
            .iter()
            .any(|finding| finding.code == "role-superuser"),
        "{report}"
    );
    patient.remove().await;
}

/// The rows of one tenant, or none, would look healthy.
#[tokio::test]
async fn whoever_is_subject_to_policies_is_not_told_about_rows() {
    let patient = Patient::new().await;
    let options = database::postgres_options();
    let name = patient
        .db
        .connect_options()
        .get_database()
        .unwrap_or_default()
        .to_owned();
    run(
        &patient.db,
        &format!("ALTER ROLE {} LOGIN PASSWORD 'secret'", patient.app),
    )
    .await;
    let options = options
        .database(&name)
        .username(&patient.app)
        .password("secret");
    let db = Db::connect_with(tenancy::PoolOptions::new(), options)
        .await
        .expect("a connection");
    let quick = Doctor::new(&patient.tables)
        .examine(&db)
        .await
        .expect("a report");
    assert!(quick.is_healthy(), "{quick}");
    Doctor::new(&patient.tables)
        .with_rows()
        .examine(&db)
        .await
        .expect_err("narrowed by policies");
    db.close().await;
    let rows = Doctor::new(&patient.tables)
        .with_rows()
        .for_role(&patient.other);
    let report = rows.examine(&patient.db).await.expect("a report");
    assert!(report.is_healthy(), "{report}");
    patient.remove().await;
}
