//! The same on SQLite, where nobody but the statements keeps tenants apart.

use tenancy::doctor::{Doctor, Report};
use tenancy_tests::database;

use crate::codes;
use crate::on_sqlite::tables;

/// The fault's name, what plants it, and a code of what is found. Where a table has other lines: the table, a line, and
/// the one instead, and then what else is run.
const FAULTS: &[(&str, &str, &str)] = &[
    (
        "a trigger that writes to everybody's rows",
        "CREATE TRIGGER t AFTER UPDATE ON users BEGIN UPDATE documents SET version = version + 1; END",
        "probe-changes",
    ),
    (
        "a trigger that removes everybody's rows",
        "CREATE TRIGGER t BEFORE DELETE ON notes BEGIN DELETE FROM documents; END",
        "probe-changes",
    ),
    (
        "a trigger that writes new rows for everybody",
        "CREATE TRIGGER t AFTER INSERT ON users
            BEGIN INSERT INTO notes (tenant_id, author_id) SELECT tenant_id, id FROM users; END",
        "probe-changes",
    ),
    (
        "a trigger that moves new rows",
        "CREATE TRIGGER t AFTER INSERT ON documents BEGIN
            UPDATE documents SET tenant_id = x'01', owner_id = x'02' WHERE id = NEW.id; END",
        "probe-moves",
    ),
    (
        "a trigger that leaves new rows out",
        "CREATE TRIGGER t BEFORE INSERT ON notes BEGIN SELECT RAISE(IGNORE); END",
        "probe-moves",
    ),
    (
        "a trigger that takes the rows of the others",
        "CREATE TRIGGER t AFTER UPDATE OF title ON documents BEGIN
            UPDATE OR IGNORE notes SET tenant_id = NEW.tenant_id; END",
        "probe-changes",
    ),
    (
        "a trigger that moves rows that are changed",
        "CREATE TRIGGER t AFTER UPDATE OF title ON documents BEGIN
            UPDATE documents SET tenant_id = x'01', owner_id = x'02' WHERE id = NEW.id; END",
        "probe-moves",
    ),
    (
        "a trigger that sees the same number",
        "CREATE TRIGGER t BEFORE INSERT ON users BEGIN DELETE FROM users WHERE email = NEW.email; END",
        "probe-changes",
    ),
    (
        "a trigger on the tenants",
        "CREATE TRIGGER t AFTER UPDATE ON organizations BEGIN UPDATE organizations SET active = FALSE; END",
        "probe-changes",
    ),
    (
        "a trigger that refuses what others have",
        "CREATE TRIGGER t BEFORE INSERT ON users BEGIN SELECT RAISE(ABORT, 'taken') WHERE EXISTS (
            SELECT 1 FROM users WHERE email = NEW.email); END",
        "probe-tells",
    ),
    (
        "an index of all tenants",
        "CREATE UNIQUE INDEX i ON users (lower(email))",
        "probe-tells",
    ),
    (
        "an index of some rows of all tenants",
        "CREATE UNIQUE INDEX i ON documents (title) WHERE archived",
        "probe-tells",
    ),
    (
        "a table behind a view",
        "PRAGMA foreign_keys = OFF; ALTER TABLE documents RENAME TO documents_all;
        CREATE VIEW documents AS SELECT * FROM documents_all;
        CREATE TRIGGER i INSTEAD OF INSERT ON documents BEGIN INSERT INTO documents_all
            VALUES (NEW.tenant_id, NEW.id, NEW.owner_id, NEW.title, NEW.archived, NEW.ratio, NEW.version); END;
        CREATE TRIGGER u INSTEAD OF UPDATE ON documents BEGIN UPDATE documents_all SET title = 'x'; END",
        "probe-changes",
    ),
];

/// Tables with other lines: the table, a line, the one instead, and a code of what is found.
const TABLES: &[(&str, &str, &str, &str)] = &[
    (
        "users",
        r#"UNIQUE ("tenant_id", "email")"#,
        r#"UNIQUE ("tenant_id", "email"), UNIQUE ("email") ON CONFLICT REPLACE"#,
        "probe-changes",
    ),
    (
        "users",
        r#"PRIMARY KEY ("tenant_id", "id")"#,
        r#"PRIMARY KEY ("tenant_id", "id"), UNIQUE ("id") ON CONFLICT REPLACE"#,
        "probe-changes",
    ),
    (
        "notes",
        "INTEGER PRIMARY KEY AUTOINCREMENT",
        "INTEGER PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT",
        "probe-changes",
    ),
    (
        "documents",
        r#"PRIMARY KEY ("tenant_id", "id")"#,
        r#"PRIMARY KEY ("tenant_id", "id") ON CONFLICT REPLACE"#,
        "probe-replaces",
    ),
    (
        "users",
        r#"UNIQUE ("tenant_id", "email")"#,
        r#"UNIQUE ("tenant_id", "email") ON CONFLICT REPLACE"#,
        "probe-replaces",
    ),
    (
        "users",
        r#"PRIMARY KEY ("tenant_id", "id")"#,
        r#"PRIMARY KEY ("tenant_id", "id") ON CONFLICT IGNORE"#,
        "probe-replaces",
    ),
    (
        "documents",
        r#""archived" BOOLEAN"#,
        r#""code" TEXT UNIQUE ON CONFLICT REPLACE DEFAULT 'x', "archived" BOOLEAN"#,
        "probe-changes",
    ),
    (
        "notes",
        r#"FOREIGN KEY ("tenant_id", "author_id") REFERENCES "users" ("tenant_id", "id")"#,
        r#"FOREIGN KEY ("tenant_id", "author_id") REFERENCES "users" ("tenant_id", "id") ON DELETE SET DEFAULT"#,
        "foreign-key-sets-tenant",
    ),
    (
        "documents",
        r#"FOREIGN KEY ("tenant_id", "owner_id") REFERENCES "users" ("tenant_id", "id")"#,
        r#"FOREIGN KEY ("owner_id") REFERENCES "users" ("id") ON DELETE CASCADE"#,
        "foreign-key-not-widened",
    ),
];

const ROWS: &str = "
    INSERT INTO organizations VALUES (x'01', 'acme', TRUE), (x'02', 'globex', TRUE);
    INSERT INTO users VALUES (x'01', x'02', 'ann@example.com', 'ann')";

async fn probed(db: &tenancy::Db<sqlx::Sqlite>) -> Report {
    let tables = tables();
    let doctor = Doctor::new(&tables).with_probe();
    doctor.examine(db).await.expect("a report")
}

#[tokio::test]
async fn each_fault_is_found() {
    let mut faults: Vec<(String, String, &str)> = Vec::new();
    let sql = tables().sql();
    for (name, seed, expected) in FAULTS {
        faults.push(((*name).to_owned(), format!("{sql};{ROWS};{seed}"), expected));
    }
    for (table, line, instead, expected) in TABLES {
        let faulty = crate::sqlite::create(&sql, table).replacen(line, instead, 1);
        assert!(faulty.contains(instead), "{faulty}");
        let other = sql.replace(&crate::sqlite::create(&sql, table), &faulty);
        faults.push((
            format!("{table}: {instead}"),
            format!("{other};{ROWS}"),
            expected,
        ));
    }
    for (name, seed, expected) in faults {
        let db = database::sqlite("").await;
        database::run(&db, &seed).await.expect(&name);
        let report = probed(&db).await;
        assert!(
            codes(&report).contains(&expected),
            "{name}: {expected}\n{report}"
        );
    }
}

#[tokio::test]
async fn nothing_is_left_of_it() {
    let db = database::sqlite("").await;
    database::run(&db, &format!("{};{ROWS}", tables().sql()))
        .await
        .expect("tables");
    let rows = async || -> Vec<i64> {
        let mut numbers = Vec::new();
        for number in [
            "SELECT count(*) FROM organizations",
            "SELECT count(*) FROM users",
            "SELECT count(*) FROM documents",
            "SELECT count(*) FROM notes",
            "SELECT count(*) FROM plans",
        ] {
            let mut connection = db.acquire().await.expect("a connection");
            numbers.push(
                sqlx::query_scalar(number)
                    .fetch_one(&mut *connection)
                    .await
                    .expect("a number"),
            );
        }
        numbers
    };
    let report = probed(&db).await;
    assert!(
        report.is_healthy() && report.not_tried().is_empty(),
        "{report}"
    );
    assert_eq!(rows().await, [2, 1, 0, 0, 0]);

    // A trigger that ends the transaction would let what comes after it last.
    let ends = "CREATE TRIGGER t BEFORE UPDATE ON users BEGIN SELECT RAISE(ROLLBACK, 'no'); END";
    database::run(&db, ends).await.expect("a trigger");
    let report = probed(&db).await;
    assert_eq!(report.not_tried().len(), 1, "{report}");
    assert!(
        report.not_tried()[0]
            .why
            .contains("rolls whole transactions back"),
        "{report}"
    );
    assert_eq!(rows().await, [2, 1, 0, 0, 0]);
}

#[tokio::test]
async fn what_cannot_be_undone_is_refused() {
    let db = database::sqlite("").await;
    database::run(&db, &tables().sql()).await.expect("tables");
    let options = db.connect_options().clone();
    let options = options.journal_mode(sqlx::sqlite::SqliteJournalMode::Off);
    db.close().await;
    let db = tenancy::Db::connect_with(tenancy::PoolOptions::new().max_connections(1), options)
        .await
        .expect("a connection");
    let report = probed(&db).await;
    assert_eq!(codes(&report), ["not-probed"], "{report}");
    assert!(report.findings()[0].problem.contains("journal"), "{report}");
}

/// What the probe cannot make is said, and not passed over.
#[tokio::test]
async fn what_was_not_tried_is_said() {
    let db = database::sqlite("").await;
    let sql = tables().sql().replace(
        r#""title" TEXT NOT NULL"#,
        r#""title" TEXT NOT NULL CHECK ("title" LIKE 'A poem about %')"#,
    );
    database::run(&db, &sql).await.expect("tables");
    let report = probed(&db).await;
    assert!(report.is_healthy(), "{report}");
    assert_eq!(report.not_tried().len(), 1, "{report}");
    assert_eq!(report.not_tried()[0].subject, "documents");
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).expect("JSON");
    assert_eq!(json["not_tried"][0]["subject"], "documents");
    assert!(
        report
            .to_string()
            .contains("not tried  documents: it takes no row"),
        "{report}"
    );
}

/// What the database computes is left to it, and the table is tried.
#[tokio::test]
async fn what_is_generated_is_not_written() {
    for kind in ["VIRTUAL", "STORED"] {
        let db = database::sqlite("").await;
        let sql = tables().sql().replace(
            r#""title" TEXT NOT NULL"#,
            &format!(
                r#""title" TEXT NOT NULL, "short" TEXT NOT NULL AS (substr("title", 1, 3)) {kind}"#
            ),
        );
        database::run(&db, &format!("{sql};{ROWS}"))
            .await
            .expect("tables");
        let report = probed(&db).await;
        assert!(
            report.is_healthy() && report.not_tried().is_empty(),
            "{report}"
        );
        database::run(
            &db,
            "CREATE TRIGGER t AFTER UPDATE ON documents BEGIN DELETE FROM notes; END",
        )
        .await
        .expect("a trigger");
        assert_eq!(codes(&probed(&db).await), ["probe-changes"]);
    }
}
