//! Foreign keys that remove or change rows whose policies nobody asks (L1: cascades are a secondary path).

use tenancy::doctor;
use tenancy_tests::database;

use crate::{expect, mends};

macro_rules! models {
    ($module:ident, $database:ty) => {
        mod $module {
            use tenancy::{Masked, TenantRoot, TenantScoped};
            use uuid::Uuid;

            #[derive(Debug, TenantRoot)]
            #[tenancy(database = $database)]
            pub(crate) struct Organization {
                id: Uuid,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub(crate) struct User {
                id: Uuid,
                admin: bool,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub(crate) struct Cabinet {
                id: Uuid,
            }

            /// Has no policies, and what goes with it has.
            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization, destroys(Document.folder_id))]
            pub(crate) struct Folder {
                id: Uuid,
                #[tenancy(belongs_to = Cabinet)]
                cabinet_id: Uuid,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization, policies)]
            pub(crate) struct Document {
                id: Uuid,
                #[tenancy(belongs_to = Folder)]
                folder_id: Uuid,
                #[tenancy(belongs_to = User)]
                owner_id: Option<Uuid>,
                #[tenancy(guarded)]
                salary: Masked<i64>,
            }

            /// Has no policies, and nothing goes with it.
            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub(crate) struct Note {
                id: Uuid,
                #[tenancy(belongs_to = User)]
                owner_id: Uuid,
            }

            /// What tenants read only goes when the program says so.
            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization, global = true)]
            pub(crate) struct Plan {
                id: Uuid,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization, global = true, written_by_tenants)]
            pub(crate) struct Word {
                id: Uuid,
            }

            #[derive(Debug, TenantScoped)]
            #[tenancy(root = Organization)]
            pub(crate) struct Use {
                id: Uuid,
                #[tenancy(belongs_to = Plan)]
                plan_id: Uuid,
                #[tenancy(belongs_to = Word)]
                word_id: Option<Uuid>,
            }

            tenancy::policies! {
                Document, actor: User {
                    read { authorize_if always; }
                    destroy { authorize_if actor.admin; }
                    field salary { authorize_if actor.admin; }
                }
            }

            pub(crate) fn tables() -> tenancy::ddl::Tables<Organization> {
                // The one that is referred to may come later.
                let tables = tenancy::ddl::Tables::new();
                tables
                    .with::<Document>()
                    .with::<Folder>()
                    .with::<Cabinet>()
                    .with::<User>()
                    .with::<Note>()
                    .with::<Plan>()
                    .with::<Word>()
                    .with::<Use>()
                    .with::<Document>()
            }
        }
    };
}

models!(on_sqlite, sqlx::Sqlite);
models!(on_postgres, sqlx::Postgres);

/// The line of a table's foreign key, what it becomes, and what is found then.
const FAULTS: &[(&str, &str, &str, &[&str])] = &[
    (
        "documents",
        "owner_id",
        " ON DELETE CASCADE",
        &["foreign-key-cascades"],
    ),
    (
        "documents",
        "owner_id",
        " ON DELETE SET DEFAULT",
        &["foreign-key-cascades", "foreign-key-sets-tenant"],
    ),
    (
        "documents",
        "owner_id",
        " ON UPDATE CASCADE",
        &["foreign-key-cascades"],
    ),
    (
        "documents",
        "folder_id",
        " ON DELETE CASCADE ON UPDATE CASCADE",
        &["foreign-key-cascades"],
    ),
    ("documents", "owner_id", " ON DELETE RESTRICT", &[]),
    // Documents go with folders, and so with cabinets.
    (
        "folders",
        "cabinet_id",
        " ON DELETE CASCADE",
        &["foreign-key-cascades"],
    ),
    // It is said that they go.
    (
        "documents",
        "folder_id",
        "",
        &["foreign-key-does-not-cascade"],
    ),
    (
        "documents",
        "folder_id",
        " ON DELETE RESTRICT",
        &["foreign-key-does-not-cascade"],
    ),
    // There is nobody to ask.
    ("notes", "owner_id", " ON DELETE CASCADE", &[]),
    (
        "notes",
        "owner_id",
        " ON DELETE CASCADE ON UPDATE CASCADE",
        &[],
    ),
    ("uses", "plan_id", " ON DELETE CASCADE", &[]),
    // Of all tenants, whichever removes the word.
    (
        "uses",
        "word_id",
        " ON DELETE CASCADE",
        &["foreign-key-cascades"],
    ),
    (
        "uses",
        "word_id",
        " ON DELETE SET NULL",
        &["foreign-key-cascades"],
    ),
];

const CASCADE: &str = " ON DELETE CASCADE";

#[test]
fn tables_say_what_models_do() {
    for sql in [on_sqlite::tables().sql(), on_postgres::tables().sql()] {
        let mut cascading = sql.lines().filter(|line| line.contains("ON DELETE"));
        let line = cascading.next().expect("a foreign key");
        assert_eq!(
            line.trim().trim_end_matches(','),
            r#"FOREIGN KEY ("tenant_id", "folder_id") REFERENCES "folders" ("tenant_id", "id") ON DELETE CASCADE"#
        );
        assert_eq!(cascading.next(), None);
    }
}

#[tokio::test]
async fn are_found_on_sqlite() {
    let tables = on_sqlite::tables();
    let sql = tables.sql();
    for (table, column, actions, expected) in FAULTS {
        let db = database::sqlite("").await;
        database::run(&db, &sql).await.expect("tables");
        let start = sql
            .find(&format!("CREATE TABLE \"{table}\""))
            .expect("a table");
        let there = &sql[start..start + sql[start..].find(");\n").expect("its end") + 2];
        let line = there
            .lines()
            .find(|line| line.contains("FOREIGN KEY") && line.contains(column))
            .expect("a foreign key");
        let comma = if line.ends_with(',') { "," } else { "" };
        let bare = line.trim_end_matches(',').trim_end_matches(CASCADE);
        let faulty = there.replace(line, &format!("{bare}{actions}{comma}"));
        let indexes: String = sql
            .lines()
            .filter(|line| {
                line.starts_with("CREATE INDEX") && line.contains(&format!(" ON \"{table}\""))
            })
            .collect();
        let seed = format!(
            "PRAGMA foreign_keys = OFF; DROP TABLE {table}; {faulty}; {indexes} PRAGMA foreign_keys = ON"
        );
        database::run(&db, &seed).await.expect(&seed);
        let report = doctor::examine(&tables, &db).await.expect("a report");
        expect(&report, expected, &seed);
        database::run(&db, &mends(&report)).await.expect("mended");
        let report = doctor::examine(&tables, &db).await.expect("a report");
        assert!(report.is_healthy(), "{report}\nafter\n{seed}");
    }
}

#[tokio::test]
async fn are_found_on_postgres() {
    let tables = on_postgres::tables();
    let more: &[(&str, &str, &str, &[&str])] = &[
        (
            "documents",
            "owner_id",
            " ON DELETE SET NULL (owner_id)",
            &["foreign-key-cascades"],
        ),
        (
            "documents",
            "owner_id",
            " ON DELETE SET NULL",
            &["foreign-key-cascades", "foreign-key-nulls-tenant"],
        ),
        (
            "documents",
            "owner_id",
            " MATCH FULL ON UPDATE SET DEFAULT ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
            &["foreign-key-cascades", "foreign-key-sets-tenant"],
        ),
    ];
    for (table, column, actions, expected) in FAULTS.iter().chain(more) {
        let db = database::postgres("").await;
        database::run(&db, &tables.sql()).await.expect("tables");
        let shared = *table == "uses";
        let (name, columns, referred) = if shared {
            (format!("uses_{column}_fkey"), column.to_string(), "id")
        } else {
            let name = format!("{table}_tenant_id_{column}_fkey");
            (name, format!("tenant_id, {column}"), "tenant_id, id")
        };
        let to = match *column {
            "folder_id" => "folders",
            "cabinet_id" => "cabinets",
            "plan_id" => "plans",
            "word_id" => "words",
            _ => "users",
        };
        let seed = format!(
            "ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT own FOREIGN KEY ({columns})
            REFERENCES {to} ({referred}){actions}"
        );
        database::run(&db, &seed).await.expect(&seed);
        let report = doctor::examine(&tables, &db).await.expect("a report");
        expect(&report, expected, &seed);
        database::run(&db, &mends(&report)).await.expect("mended");
        let report = doctor::examine(&tables, &db).await.expect("a report");
        assert!(report.is_healthy(), "{report}\nafter\n{seed}");
        db.close().await;
    }
    // By a key that no model knows, too.
    let db = database::postgres("").await;
    database::run(&db, &tables.sql()).await.expect("tables");
    let seed = "ALTER TABLE documents ADD cabinet_id uuid,
        ADD FOREIGN KEY (tenant_id, cabinet_id) REFERENCES cabinets (tenant_id, id) ON DELETE CASCADE";
    database::run(&db, seed).await.expect(seed);
    let report = doctor::examine(&tables, &db).await.expect("a report");
    expect(&report, &["foreign-key-cascades"], seed);
    database::run(&db, &mends(&report)).await.expect("mended");
    let report = doctor::examine(&tables, &db).await.expect("a report");
    assert!(report.is_healthy(), "{report}\nafter\n{seed}");
}
