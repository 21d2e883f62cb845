//! Databases of tenants.

use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnectOptions;
use tenancy::ddl::Tables;
use tenancy::doctor::{Doctor, Report};
use tenancy::{Db, DbOf, PoolOptions, Root as _, TenantRoot, TenantScoped, VerifiedTenant};
use tenancy_tests::database;

use crate::{expect, mends};

macro_rules! companies {
    ($database:ty) => {
        #[derive(Debug, TenantRoot)]
        #[tenancy(database = $database, databases)]
        pub(super) struct Company {
            id: i64,
            name: String,
        }

        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Company)]
        pub(super) struct Person {
            id: Uuid,
        }

        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Company, strategy = database)]
        pub(super) struct Ledger {
            id: Uuid,
            #[tenancy(unique)]
            name: String,
        }

        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Company, strategy = database)]
        pub(super) struct Entry {
            id: Uuid,
            #[tenancy(belongs_to = Ledger)]
            ledger_id: Uuid,
            amount: i64,
        }

        pub(super) fn tables() -> Tables<Company> {
            Tables::new()
                .with::<Entry>()
                .with::<Ledger>()
                .with::<Person>()
        }

        pub(super) async fn acme(db: &DbOf<Company>) -> VerifiedTenant<Company> {
            let acme = Company::create(NewCompany {
                name: "Acme".into(),
            });
            acme.execute(db).await.expect("a tenant")
        }
    };
}

mod on_sqlite {
    use super::*;
    use uuid::Uuid;
    companies!(sqlx::Sqlite);

    /// Faults of the column of the mark.
    pub(super) const MARKS: &[(&str, &[&str])] = &[(
        "PRAGMA foreign_keys = OFF;
        CREATE TABLE unmarked (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
        INSERT INTO unmarked SELECT id, name FROM companies; DROP TABLE companies;
        ALTER TABLE unmarked RENAME TO companies; PRAGMA foreign_keys = ON",
        &["missing-column", "missing-unique"],
    )];
}

mod on_postgres {
    use super::*;
    use uuid::Uuid;
    companies!(sqlx::Postgres);

    /// Faults of the column of the mark.
    pub(super) const MARKS: &[(&str, &[&str])] = &[
        (
            "ALTER TABLE companies DROP tenancy_mark",
            &["missing-column", "missing-unique"],
        ),
        (
            "ALTER TABLE companies ALTER tenancy_mark DROP DEFAULT",
            &["missing-default"],
        ),
        (
            "ALTER TABLE companies ALTER tenancy_mark DROP NOT NULL",
            &["nullable-column"],
        ),
        (
            "ALTER TABLE companies ALTER tenancy_mark SET DEFAULT '12345678-9abc-def0-0000-000000000000'",
            &["mark-not-random"],
        ),
        (
            "ALTER TABLE companies DROP tenancy_mark; ALTER TABLE companies ADD tenancy_mark uuid NOT NULL UNIQUE
                GENERATED ALWAYS AS (md5(id::text)::uuid) STORED",
            &["mark-not-random"],
        ),
        (
            "ALTER TABLE companies DROP CONSTRAINT companies_tenancy_mark_key",
            &["missing-unique"],
        ),
    ];
}

/// What somebody does in a tenant's database, and what is found then.
const FAULTS: &[(&str, &[&str])] = &[
    ("DROP TABLE entries", &["missing-table"]),
    (
        "ALTER TABLE entries DROP COLUMN amount",
        &["missing-column"],
    ),
];

macro_rules! each_is_found {
    ($module:ident, $db:ident) => {{
        let tables = $module::tables();
        database::run(&$db, &tables.sql()).await.expect("tables");
        for (seed, expected) in FAULTS {
            let acme = $module::acme(&$db).await;
            let none = Doctor::new(&tables).examine_database(&acme).await;
            expect(&none.expect("a report"), &["missing-database"], "nothing");
            acme.create_database(tables.of_database())
                .await
                .expect("a database");
            let report = async || -> Report {
                let doctor = Doctor::new(&tables).with_rows().with_probe();
                doctor.examine_database(&acme).await.expect("a report")
            };
            let run = async |sql: String| {
                #[expect(clippy::disallowed_methods, reason = "a test says what it runs")]
                let sql = AssertSqlSafe(sql);
                let mut own = acme.acquire_own().await.expect("a connection");
                sqlx::raw_sql(sql)
                    .execute(&mut *own)
                    .await
                    .expect("a fault");
            };
            assert!(report().await.is_healthy(), "{}", report().await);
            run((*seed).to_owned()).await;
            let found = report().await;
            expect(&found, expected, seed);
            run(mends(&found)).await;
            assert!(report().await.is_healthy(), "{}", report().await);
            // One without a mark, and with that of no row.
            for foreign in [
                "DROP TABLE tenancy_tenant",
                "UPDATE tenancy_tenant SET mark = '00000000-0000-0000-0000-000000000000'",
                "UPDATE tenancy_tenant SET complete = FALSE",
            ] {
                let mut own = acme.acquire_own().await.expect("a connection");
                sqlx::raw_sql(foreign)
                    .execute(&mut *own)
                    .await
                    .expect(foreign);
                let found = report().await;
                expect(&found, &["foreign-database"], foreign);
                #[expect(clippy::disallowed_methods, reason = "a test says what it runs")]
                let mends = AssertSqlSafe(mends(&found));
                sqlx::raw_sql(mends)
                    .execute(&mut *own)
                    .await
                    .expect("mended");
                drop(own);
                assert!(report().await.is_healthy(), "{}", report().await);
            }
            acme.drop_database().await.expect("no database");
        }
        // The tables of tenants' databases are none of the shared one's.
        let shared = async || {
            Doctor::new(&tables)
                .with_rows()
                .with_probe()
                .examine(&$db)
                .await
                .expect("a report")
        };
        assert!(shared().await.is_healthy(), "{}", shared().await);
        assert!(shared().await.not_tried().is_empty(), "{}", shared().await);
        // The column of the marks is.
        for (seed, expected) in $module::MARKS {
            let before = $module::acme(&$db).await;
            database::run(&$db, seed).await.expect(seed);
            let found = shared().await;
            expect(&found, expected, seed);
            database::run(&$db, &mends(&found)).await.expect("mended");
            assert!(shared().await.is_healthy(), "{}", shared().await);
            let after = $module::acme(&$db).await;
            assert_ne!(before.id(), after.id());
        }
    }};
}

#[tokio::test]
async fn each_is_found_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_owned();
    let shared = SqliteConnectOptions::new().filename(path.join("shared.db"));
    let shared = shared.create_if_missing(true);
    let db: DbOf<on_sqlite::Company> = Db::connect_with(PoolOptions::new(), shared)
        .await
        .expect("a database")
        .with_databases(move |id| {
            let file = path.join(format!("{id}.db"));
            async move { Ok(SqliteConnectOptions::new().filename(file)) }
        });
    each_is_found!(on_sqlite, db);
}

#[tokio::test]
async fn each_is_found_on_postgresql() {
    let shared = database::postgres("").await;
    let options = shared.connect_options().clone();
    let name = options.get_database().expect("a name").to_owned();
    let own = options.clone();
    let db: DbOf<on_postgres::Company> = Db::connect_with(PoolOptions::new(), options)
        .await
        .expect("a database")
        .with_databases(move |id| {
            let own = own.clone().database(&format!("{name}_{id}"));
            async move { Ok(own) }
        });
    each_is_found!(on_postgres, db);
}

/// A trigger that gives rows another mark takes their storages from them.
#[tokio::test]
async fn a_trigger_that_changes_marks() {
    let db = database::postgres("").await;
    let tables = on_postgres::tables();
    database::run(&db, &tables.sql()).await.expect("tables");
    let trigger = "CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            NEW.Tenancy_Mark := gen_random_uuid(); RETURN NEW; END $$;
        CREATE TRIGGER again BEFORE UPDATE ON companies FOR EACH ROW EXECUTE FUNCTION again()";
    database::run(&db, trigger).await.expect("a trigger");
    let report = Doctor::new(&tables).examine(&*db).await;
    expect(&report.expect("a report"), &["mark-changed"], trigger);
}
