//! On SQLite.

use sqlx::Row as _;
use tenancy::doctor::Doctor;
use tenancy::{Db, PoolOptions};
use tenancy_tests::database;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::heal;
use super::seeds::{Ground, REFUSED, Seed};

mod patient {
    patient!(sqlx::Sqlite);
}

const GROUND: Ground = Ground {
    roots: &[
        (
            "CREATE TABLE organizations (id BLOB NOT NULL PRIMARY KEY);
             INSERT INTO organizations VALUES (x'00000000000000000000000000000001')",
            &[],
        ),
        (
            "CREATE TABLE organizations (id TEXT NOT NULL PRIMARY KEY);
             INSERT INTO organizations VALUES ('00000000-0000-0000-0000-000000000001')",
            &["orphaned-rows", "rows-out-of-form", "wrong-type"],
        ),
        (
            "CREATE TABLE organizations (id UUID NOT NULL PRIMARY KEY);
             INSERT INTO organizations VALUES ('00000000-0000-0000-0000-000000000001')",
            &["orphaned-rows", "rows-out-of-form"],
        ),
    ],
    columns: &[
        (
            "tenant_id",
            &[
                (
                    "BLOB NOT NULL",
                    &["x'00000000000000000000000000000001'"],
                    &[],
                ),
                (
                    "TEXT",
                    &["'00000000-0000-0000-0000-000000000001'"],
                    &[
                        "nullable-tenant-column",
                        "orphaned-rows",
                        "rows-out-of-form",
                        "wrong-type",
                    ],
                ),
                (
                    "BLOB",
                    &[
                        "'00000000-0000-0000-0000-000000000001'",
                        "x'00000000000000000000000000000001'",
                    ],
                    &[
                        "nullable-tenant-column",
                        "orphaned-rows",
                        "rows-out-of-form",
                    ],
                ),
            ],
        ),
        (
            "id",
            &[
                (
                    "BLOB NOT NULL",
                    &[
                        "x'000000000000000000000000000000f1'",
                        "x'000000000000000000000000000000f2'",
                    ],
                    &[],
                ),
                (
                    "TEXT",
                    &[
                        "'00000000-0000-0000-0000-0000000000F1'",
                        "'000000000000000000000000000000f2'",
                    ],
                    &["nullable-column", "rows-out-of-form", "wrong-type"],
                ),
                (
                    "UUID NOT NULL",
                    &[
                        "x'000000000000000000000000000000f1'",
                        "'00000000-0000-0000-0000-0000000000f2'",
                    ],
                    &["rows-out-of-form"],
                ),
            ],
        ),
        (
            "title",
            &[
                ("TEXT NOT NULL", &["'a'", "'007'"], &[]),
                (
                    "TEXT COLLATE NOCASE NOT NULL CHECK (title <> ',)')",
                    &["'A'", "'b'"],
                    &[],
                ),
                (
                    "INTEGER",
                    &["7", "8"],
                    &["nullable-column", "rows-out-of-form", "wrong-type"],
                ),
                ("VARCHAR(5)", &["'a   '", "'bc'"], &["nullable-column"]),
                (
                    "REAL",
                    &["0.1", "12345678901234567"],
                    &["nullable-column", "rows-out-of-form", "wrong-type", REFUSED],
                ),
            ],
        ),
        (
            "at",
            &[
                (
                    "DATETIME NOT NULL",
                    &[
                        "'2026-01-31 12:00:00.000000000'",
                        "'2026-01-31 12:00:00.500000000'",
                    ],
                    &[],
                ),
                (
                    "DATETIME",
                    &["'2026-01-31T12:00:00Z'", "'2026-01-31T14:00:00.5+02:00'"],
                    &["nullable-column", "rows-out-of-form"],
                ),
                (
                    "TEXT NOT NULL",
                    &[
                        "'2026-01-31T00:00:00.999999999-00:30'",
                        "'2026-01-31 12:00:00.25'",
                    ],
                    &["rows-out-of-form"],
                ),
            ],
        ),
        (
            "ratio",
            &[
                ("REAL NOT NULL", &["0.5", "1e300"], &[]),
                (
                    "BIGINT",
                    &["3", "9007199254740993"],
                    &["nullable-column", "rows-out-of-form", "wrong-type", REFUSED],
                ),
                (
                    "NUMERIC NOT NULL",
                    &["3", "0.1"],
                    &["rows-out-of-form", "wrong-type"],
                ),
                (
                    "TEXT",
                    &["'0.5'", "'0.50'"],
                    &["nullable-column", "rows-out-of-form", "wrong-type", REFUSED],
                ),
                ("DOUBLE NOT NULL", &["3", "0.1"], &[]),
                (
                    "ANY NOT NULL",
                    &["3", "0.1"],
                    &["rows-out-of-form", "wrong-type"],
                ),
                ("BLOB NOT NULL", &["3", "0.1"], &["rows-out-of-form"]),
                ("", &[], &["missing-column", REFUSED]),
            ],
        ),
        (
            "count",
            &[
                ("INTEGER NOT NULL", &["1", "9223372036854775807"], &[]),
                (
                    "TEXT",
                    &["'7'", "'8'"],
                    &["nullable-column", "rows-out-of-form", "wrong-type"],
                ),
                (
                    "TEXT NOT NULL",
                    &["'007'", "'8'"],
                    &["rows-out-of-form", "wrong-type", REFUSED],
                ),
                ("BIGINT", &["1", "2"], &["nullable-column"]),
                (
                    "NUMERIC NOT NULL",
                    &["'12345678901234567890'", "1"],
                    &["rows-out-of-form", REFUSED],
                ),
                (
                    "INTEGER NOT NULL",
                    &["1.5", "1"],
                    &["rows-out-of-form", REFUSED],
                ),
            ],
        ),
        (
            "doubled",
            &[
                ("INTEGER", &["2", "NULL"], &[]),
                ("INTEGER AS (length(title) * 2) STORED", &[], &[]),
                (
                    "INTEGER GENERATED ALWAYS AS (length(title) * 2) VIRTUAL",
                    &[],
                    &[],
                ),
                ("INTEGER DEFAULT 4", &["4", "5"], &[]),
                ("", &[], &["missing-column"]),
            ],
        ),
        (
            "flag",
            &[
                ("BOOLEAN NOT NULL DEFAULT FALSE", &["TRUE", "FALSE"], &[]),
                (
                    "BOOLEAN DEFAULT TRUE",
                    &["TRUE", "FALSE"],
                    &["nullable-column"],
                ),
                ("BOOLEAN NOT NULL", &["1", "0"], &["missing-default"]),
                ("", &[], &["missing-column"]),
            ],
        ),
        (
            "made",
            &[
                (
                    "DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000000', 'now'))",
                    &["'2026-01-31 12:00:00.000000000'"],
                    &[],
                ),
                (
                    "DATETIME DEFAULT CURRENT_TIMESTAMP",
                    &["'2026-01-31 12:00:00'"],
                    &["default-out-of-form", "nullable-column", "rows-out-of-form"],
                ),
                (
                    "TEXT NOT NULL DEFAULT (datetime('now'))",
                    &["'2026-01-31 12:00:00'"],
                    &["default-out-of-form", "rows-out-of-form"],
                ),
                (
                    "DATETIME NOT NULL",
                    &["'2026-01-31T12:00:00.1Z'"],
                    &["missing-default", "rows-out-of-form"],
                ),
                ("", &[], &["missing-column"]),
            ],
        ),
        // No model knows these.
        (
            "extra",
            &[
                ("TEXT", &["'x'", "NULL"], &[]),
                (
                    "TEXT COLLATE NOCASE NOT NULL DEFAULT 'x, )' CHECK (extra <> '')",
                    &["'X'", "'y'"],
                    &[],
                ),
                ("INTEGER AS (1 + (2 * 3)) VIRTUAL", &[], &[]),
                ("BLOB", &["x'00'", "'text'"], &[]),
            ],
        ),
        (
            "check",
            &[
                ("TEXT", &["'x'", "NULL"], &[]),
                ("TEXT AS (extra || ',') STORED", &[], &[]),
            ],
        ),
    ],
    keys: &[
        (
            "PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, title), FOREIGN KEY (tenant_id) REFERENCES organizations (id)",
            &[],
        ),
        (
            "PRIMARY KEY (id), UNIQUE (title)",
            &[
                "missing-foreign-key",
                "primary-key-not-widened",
                "unique-not-widened",
            ],
        ),
        (
            "UNIQUE (tenant_id, id), CONSTRAINT sane CHECK (title <> 'never, (')",
            &["missing-foreign-key", "missing-unique"],
        ),
        (
            "CHECK (1)",
            &["missing-foreign-key", "missing-key", "missing-unique"],
        ),
    ],
    besides: &[
        ("", &[]),
        ("CREATE VIEW seen AS SELECT title FROM items", &[]),
        (
            "CREATE UNIQUE INDEX some ON items (tenant_id, title) WHERE extra IS NOT NULL",
            &[],
        ),
        (
            "CREATE TRIGGER touched AFTER UPDATE ON items BEGIN SELECT 1; END",
            &[],
        ),
    ],
};

/// A value as it is compared: the same UUID and the same moment in whatever form.
fn value(name: &str, text: &str) -> String {
    let text = text.trim_start_matches("X'").trim_matches('\'');
    match name {
        "tenant_id" | "id" => text.replace('-', "").to_lowercase(),
        "at" | "made" => {
            let mut moment = text.replacen(' ', "T", 1);
            if !moment.ends_with('Z') && !moment[19..].contains(['+', '-']) {
                moment.push('Z');
            }
            let moment = OffsetDateTime::parse(&moment, &Rfc3339);
            moment.map_or_else(|_| text.to_owned(), |moment| moment.to_utc().to_string())
        }
        // Numbers are the same as texts where nothing is lost.
        _ => match text.parse::<f64>() {
            Ok(number) if name != "title" && !text.contains('.') => {
                format!("{number:?} {}", text.trim_end_matches(".0"))
            }
            Ok(number) if text.ends_with(".0") => {
                format!("{number:?} {}", text.trim_end_matches(".0"))
            }
            _ => text.to_owned(),
        },
    }
}

#[tokio::test]
async fn nothing_is_lost_on_sqlite() {
    let tables = patient::tables();
    let mut wrong = Vec::new();
    for Seed {
        sql,
        columns,
        expected,
    } in GROUND.seeds(24)
    {
        // Only one connection, as the driver cannot bear that a query of all columns has more of them than it had.
        let memory = "sqlite::memory:".parse().expect("a database");
        let options = PoolOptions::new().max_connections(1);
        let db = Db::connect_with(options, memory).await.expect("a database");
        let seed = format!("PRAGMA foreign_keys = OFF;\n{sql};\nPRAGMA foreign_keys = ON");
        database::run(&db, &seed)
            .await
            .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
        let before = dump(&db, &columns).await;
        let healed = heal(&db, &sql, async || {
            let doctor = Doctor::new(&tables).with_rows();
            doctor.examine(&db).await.expect("a report")
        })
        .await;
        let after = dump(&db, &columns).await;
        assert_eq!(after, before, "{:?} after\n{sql}", healed.outcome);
        if healed.is_sound() {
            let found = patient::found(&db).await;
            let found = found.unwrap_or_else(|error| panic!("{error:?} after\n{sql}"));
            assert_eq!(found, before.len(), "after\n{sql}");
            let mut connection = db.acquire().await.expect("a connection");
            let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut *connection);
            assert_eq!(dangling.await.expect("an answer").len(), 0, "after\n{sql}");
        }
        if expected.is_some_and(|expected| expected != healed.found()) {
            wrong.push(format!(
                "{:?} after
{sql}",
                healed.found()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The rows, in whatever form.
async fn dump(db: &Db<sqlx::Sqlite>, columns: &[&str]) -> Vec<Vec<String>> {
    let quoted: Vec<_> = columns
        .iter()
        .map(|name| format!("quote(\"{name}\")"))
        .collect();
    let query = format!("SELECT {} FROM items", quoted.join(", "));
    #[expect(clippy::disallowed_methods, reason = "a test says what it reads")]
    let query = sqlx::query(sqlx::AssertSqlSafe(query));
    let mut connection = db.acquire().await.expect("a connection");
    let rows = query.fetch_all(&mut *connection).await.expect("rows");
    let row = |row: sqlx::sqlite::SqliteRow| {
        let values = columns.iter().enumerate();
        let values = values.map(|(at, name)| value(name, &row.get::<String, _>(at)));
        values.collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = rows.into_iter().map(row).collect();
    rows.sort();
    rows
}
