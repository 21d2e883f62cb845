//! Faults of tables on SQLite.

use sqlx::sqlite::SqliteConnectOptions;
use tenancy::doctor;
use tenancy::{Db, PoolOptions};
use tenancy_tests::database;

use crate::on_sqlite::tables;
use crate::{expect, mends};

/// The table with other lines, and what is found then. SQLite cannot change a table in place.
const FAULTS: &[(&str, &str, &str, &[&str])] = &[
    ("users", "", "", &["missing-table"]),
    ("users", r#"    "name" TEXT,"#, "", &["missing-column"]),
    (
        "documents",
        r#"    "title" TEXT NOT NULL,"#,
        "",
        &["missing-column", "missing-index"],
    ),
    (
        "notes",
        r#""tenant_id" BLOB NOT NULL"#,
        r#""tenant_id" BLOB"#,
        &["nullable-tenant-column"],
    ),
    (
        "documents",
        r#""title" TEXT NOT NULL"#,
        r#""title" TEXT"#,
        &["nullable-column"],
    ),
    (
        "users",
        r#""name" TEXT"#,
        r#""name" TEXT NOT NULL"#,
        &["required-column"],
    ),
    (
        "documents",
        r#""title" TEXT"#,
        r#""title" INTEGER"#,
        &["wrong-type"],
    ),
    (
        "documents",
        r#""tenant_id" BLOB"#,
        r#""tenant_id" TEXT"#,
        &["wrong-type"],
    ),
    (
        "documents",
        r#""ratio" REAL"#,
        r#""ratio" BIGINT"#,
        &["wrong-type"],
    ),
    ("documents", " DEFAULT FALSE", "", &["missing-default"]),
    (
        "notes",
        "INTEGER PRIMARY KEY AUTOINCREMENT",
        "INTEGER NOT NULL PRIMARY KEY DESC",
        &["missing-default"],
    ),
    (
        "users",
        r#"    "name" TEXT,"#,
        r#"    "name" TEXT, "extra" INTEGER NOT NULL,"#,
        &["unknown-required-column"],
    ),
    (
        "users",
        r#"UNIQUE ("tenant_id", "email")"#,
        r#"UNIQUE ("email")"#,
        &["unique-not-widened"],
    ),
    (
        "users",
        r#"    UNIQUE ("tenant_id", "email"),"#,
        "",
        &["missing-unique"],
    ),
    (
        "documents",
        r#"PRIMARY KEY ("tenant_id", "id")"#,
        r#"PRIMARY KEY ("id")"#,
        &["primary-key-not-widened"],
    ),
    (
        "notes",
        r#"    UNIQUE ("tenant_id", "id"),"#,
        "",
        &["missing-key"],
    ),
    (
        "documents",
        r#"PRIMARY KEY ("tenant_id", "id")"#,
        r#"PRIMARY KEY ("id", "tenant_id")"#,
        &["tenant-leads-no-index", "missing-index"],
    ),
    (
        "documents",
        r#"FOREIGN KEY ("tenant_id", "owner_id") REFERENCES "users" ("tenant_id", "id")"#,
        r#"FOREIGN KEY ("owner_id") REFERENCES "users" ("id")"#,
        &["foreign-key-not-widened"],
    ),
    (
        "documents",
        "    FOREIGN KEY (\"tenant_id\") REFERENCES \"organizations\" (\"id\"),\n",
        "",
        &["missing-foreign-key"],
    ),
    (
        "notes",
        r#"("plan") REFERENCES "plans" ("name")"#,
        r#"("plan") REFERENCES "users" ("email")"#,
        &["missing-foreign-key", "foreign-key-not-widened"],
    ),
    (
        "notes",
        r#"REFERENCES "users" ("tenant_id", "id")"#,
        r#"REFERENCES "users" ("tenant_id", "id") ON DELETE SET NULL"#,
        &["foreign-key-nulls-tenant"],
    ),
];

/// What `CREATE TABLE` of this table says.
pub(crate) fn create(sql: &str, table: &str) -> String {
    let start = sql
        .find(&format!("CREATE TABLE \"{table}\""))
        .expect("the table");
    let end = sql[start..].find(");\n").expect("its end") + start + 3;
    sql[start..end].to_owned()
}

#[tokio::test]
async fn each_is_found_and_mended() {
    let tables = tables();
    let sql = tables.sql();
    for (table, line, instead, expected) in FAULTS {
        let db = database::sqlite("").await;
        database::run(&db, &sql).await.expect("tables");
        let there = create(&sql, table);
        assert!(there.contains(line), "{line}\n{there}");
        let mut faulty = there.replacen(line, instead, 1);
        if line.is_empty() {
            faulty.clear();
        }
        // The indexes, where they are not the fault.
        if !expected.contains(&"missing-index") && *table == "documents" {
            faulty.push_str(
                r#"CREATE INDEX "documents_tenant_id_title_idx" ON documents (tenant_id, title);"#,
            );
        }
        let seed = format!(
            "PRAGMA foreign_keys = OFF; DROP TABLE {table}; {faulty} PRAGMA foreign_keys = ON"
        );
        database::run(&db, &seed).await.expect(&seed);
        let report = doctor::examine(&tables, &db).await.expect("a report");
        expect(&report, expected, &seed);
        let mends = mends(&report);
        database::run(&db, &mends).await.unwrap_or_else(|error| {
            panic!(
                "{:?}\nafter\n{seed}\nfrom\n{mends}",
                std::error::Error::source(&error)
            )
        });
        let report = doctor::examine(&tables, &db).await.expect("a report");
        assert!(
            report.is_healthy(),
            "{report}\nafter\n{seed}\nfrom\n{mends}"
        );
    }
}

#[tokio::test]
async fn indexes_are_found_and_mended() {
    let tables = tables();
    let faults: [(&str, &[&str]); 4] = [
        (
            "DROP INDEX documents_tenant_id_title_idx",
            &["missing-index"],
        ),
        (
            "CREATE UNIQUE INDEX one ON documents (title)",
            &["unique-not-widened"],
        ),
        (
            "CREATE UNIQUE INDEX one ON documents (lower(title)) WHERE NOT archived",
            &["unique-not-widened"],
        ),
        (
            "DROP TABLE notes; CREATE TABLE notes (id INTEGER PRIMARY KEY)",
            &[
                "missing-column",
                "missing-tenant-column",
                "missing-key",
                "missing-foreign-key",
            ],
        ),
    ];
    for (seed, expected) in faults {
        let db = database::sqlite("").await;
        database::run(&db, &tables.sql()).await.expect("tables");
        database::run(&db, seed).await.expect(seed);
        let report = doctor::examine(&tables, &db).await.expect("a report");
        expect(&report, expected, seed);
        database::run(&db, &mends(&report)).await.expect("mended");
        let report = doctor::examine(&tables, &db).await.expect("a report");
        assert!(report.is_healthy(), "{report}\nafter\n{seed}");
    }
}

/// Rows, and what the models do not know, are still there.
#[tokio::test]
async fn a_table_that_is_made_anew_keeps_what_it_had() {
    let tables = tables();
    let db = database::sqlite("").await;
    database::run(&db, &tables.sql()).await.expect("tables");
    let seed = "PRAGMA foreign_keys = OFF; DROP TABLE users;
        CREATE TABLE users (
            tenant_id BLOB NOT NULL REFERENCES organizations ON DELETE CASCADE, id BLOB NOT NULL, email TEXT NOT NULL UNIQUE,
            name TEXT, age INTEGER NOT NULL DEFAULT 7, code TEXT UNIQUE, note_id INTEGER REFERENCES notes (id) ON UPDATE CASCADE,
            PRIMARY KEY (tenant_id, id)
        );
        CREATE INDEX by_age ON users (tenant_id, age);
        CREATE TRIGGER older AFTER INSERT ON users BEGIN UPDATE users SET age = age + 1 WHERE id = NEW.id; END;
        PRAGMA foreign_keys = ON;
        INSERT INTO organizations VALUES (x'01', 'acme', TRUE);
        INSERT INTO users (tenant_id, id, email, code) VALUES (x'01', x'02', 'ann', 'A')";
    database::run(&db, seed).await.expect(seed);
    let report = doctor::examine(&tables, &db).await.expect("a report");
    expect(
        &report,
        &["unique-not-widened", "foreign-key-not-widened"],
        seed,
    );
    database::run(&db, &mends(&report)).await.expect("mended");
    let report = doctor::examine(&tables, &db).await.expect("a report");
    assert!(report.is_healthy(), "{report}");

    let row: (String, i64, String) = sqlx::query_as("SELECT email, age, code FROM users")
        .fetch_one(&mut *db.acquire().await.expect("a connection"))
        .await
        .expect("the row");
    assert_eq!(row, ("ann".to_owned(), 8, "A".to_owned()));
    let left: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE tbl_name = 'users' AND name IN ('by_age', 'older') ORDER BY name",
    )
    .fetch_all(&mut *db.acquire().await.expect("a connection"))
    .await
    .expect("names");
    assert_eq!(left, ["by_age", "older"]);
    let actions: Vec<(String, String)> = sqlx::query_as(
        "SELECT on_delete, on_update FROM pragma_foreign_key_list('users') ORDER BY id, seq",
    )
    .fetch_all(&mut *db.acquire().await.expect("a connection"))
    .await
    .expect("actions");
    let action = |delete: &str, update: &str| (delete.to_owned(), update.to_owned());
    let of_note = action("NO ACTION", "CASCADE");
    assert_eq!(
        actions,
        [of_note.clone(), of_note, action("CASCADE", "NO ACTION")]
    );
    // Of the same tenant they are unique; another one does not notice.
    let again = "INSERT INTO users (tenant_id, id, email, code) VALUES (x'01', x'03', 'bob', 'A')";
    database::run(&db, again).await.expect_err("the same code");
    let other = "INSERT INTO organizations VALUES (x'09', 'globex', TRUE);
        INSERT INTO users (tenant_id, id, email, code) VALUES (x'09', x'03', 'ann', 'A')";
    database::run(&db, other).await.expect("another tenant's");
}

#[tokio::test]
async fn foreign_keys_that_are_off_are_found() {
    let options: SqliteConnectOptions = "sqlite::memory:".parse().expect("an address");
    let db = Db::connect_with(
        PoolOptions::new().max_connections(1),
        options.foreign_keys(false),
    )
    .await
    .expect("a database");
    database::run(&db, &tables().sql()).await.expect("tables");
    let report = doctor::examine(&tables(), &db).await.expect("a report");
    expect(&report, &["foreign-keys-off"], "");
}
