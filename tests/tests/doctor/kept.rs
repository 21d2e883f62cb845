//! Columns that do not keep what they are given, or compare it in their own way (L34).

use tenancy::doctor::Doctor;
use tenancy_tests::database;

use crate::{expect, mends};

macro_rules! patient {
    ($database:ty) => {
        use tenancy::ddl::Tables;
        use tenancy::{TenantRoot, TenantScoped};
        use uuid::Uuid;

        #[derive(Debug, TenantRoot)]
        #[tenancy(database = $database)]
        pub(super) struct Organization {
            id: Uuid,
        }

        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Organization)]
        pub(super) struct User {
            id: Uuid,
            admin: bool,
        }

        /// Rules may name its columns.
        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Organization, policies)]
        pub(super) struct Page {
            id: Uuid,
            #[tenancy(unique)]
            title: String,
            #[tenancy(stored)]
            body: String,
            ratio: f64,
            settings: Option<sqlx::types::Json<i64>>,
            at: Option<time::OffsetDateTime>,
        }

        tenancy::policies! {
            Page, actor: User {
                read { authorize_if always; }
                create { forbid_if title == "admin"; authorize_if always; }
            }
        }

        /// Nothing is asked about these.
        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Organization)]
        pub(super) struct Note {
            id: Uuid,
            title: String,
        }

        pub(super) fn tables() -> Tables<Organization> {
            Tables::new().with::<User>().with::<Page>().with::<Note>()
        }
    };
}

mod on_sqlite {
    patient!(sqlx::Sqlite);
}

mod on_postgres {
    patient!(sqlx::Postgres);
}

/// What is done to the tables, and what is found then.
const FAULTS: &[(&str, &[&str])] = &[
    ("SELECT 1", &[]),
    ("ALTER TABLE pages ALTER title TYPE varchar(5)", &["column-not-stored"]),
    ("ALTER TABLE pages ALTER title TYPE varchar", &[]),
    ("CREATE DOMAIN short AS varchar(5); ALTER TABLE pages ALTER title TYPE short", &["column-not-stored"]),
    (
        "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
         ALTER TABLE pages ALTER title TYPE text COLLATE loose",
        &["column-not-stored"],
    ),
    ("ALTER TABLE pages ALTER at TYPE timestamptz(0)", &["column-not-stored"]),
    ("ALTER TABLE pages ALTER body TYPE varchar(5)", &[]),
    ("ALTER TABLE notes ALTER title TYPE varchar(5)", &[]),
    ("CREATE EXTENSION citext; ALTER TABLE notes ALTER title TYPE citext", &["compared-as-text"]),
    (
        "CREATE SCHEMA aside; CREATE EXTENSION citext SCHEMA aside; ALTER TABLE notes ALTER title TYPE aside.citext",
        &["operator-not-found"],
    ),
    ("ALTER TABLE notes ALTER title TYPE char(5)", &["compared-as-text"]),
    ("ALTER TABLE pages ALTER settings TYPE json", &["no-equality"]),
    (
        "CREATE DOMAIN inner_one AS varchar(5); CREATE DOMAIN outer_one AS inner_one;
         ALTER TABLE pages ALTER title TYPE outer_one",
        &["column-not-stored"],
    ),
    (
        "ALTER TABLE notes DROP COLUMN title, ADD title text NOT NULL GENERATED ALWAYS AS ('x') STORED",
        &["generated-column"],
    ),
    (
        "ALTER TABLE pages DROP CONSTRAINT pages_tenant_id_title_key,
            ADD CONSTRAINT late UNIQUE (tenant_id, title) DEFERRABLE",
        &["deferrable-key"],
    ),
    (
        "ALTER TABLE pages DROP CONSTRAINT pages_tenant_id_title_key;
         CREATE UNIQUE INDEX few ON pages (tenant_id, title) WHERE ratio > 0",
        &["missing-unique"],
    ),
];

#[tokio::test]
async fn each_is_found_on_postgresql() {
    let tables = on_postgres::tables();
    for (seed, expected) in FAULTS {
        let db = database::postgres("").await;
        database::run(&db, &tables.sql()).await.expect("tables");
        database::run(&db, seed).await.expect(seed);
        let report = Doctor::new(&tables).examine(&db).await.expect("a report");
        expect(&report, expected, seed);
        if *expected == ["deferrable-key"] || *expected == ["missing-unique"] {
            database::run(&db, &mends(&report)).await.expect("mended");
            let report = Doctor::new(&tables).examine(&db).await.expect("a report");
            assert!(report.is_healthy(), "{report}");
        }
    }
}

#[tokio::test]
async fn a_collation_is_found_on_sqlite() {
    let tables = on_sqlite::tables();
    let made = tables.sql();
    let both = made.replace(r#""title" TEXT"#, r#""title" TEXT COLLATE NOCASE"#);
    let blanks = both.replace("NOCASE", "RTRIM");
    let same = both.replace("NOCASE", "binary");
    for (sql, expected) in [
        (&made, &[][..]),
        (&both, &["column-not-stored"]),
        (&blanks, &["column-not-stored"]),
        (&same, &[]),
    ] {
        let db = database::sqlite("").await;
        database::run(&db, sql).await.expect("tables");
        let report = Doctor::new(&tables).examine(&db).await.expect("a report");
        expect(&report, expected, sql);
    }
}
