//! Tables with oddities and rows: they are examined, mended and examined again, and no value is another one (L30).
//!
//! A mend keeps every value, or fails and leaves the table as it is.

use sqlx::Row as _;
use tenancy::doctor::{Doctor, Report, Severity};
use tenancy::{Backend, Db};
use tenancy_tests::database;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

macro_rules! patient {
    ($database:ty) => {
        use tenancy::ddl::Tables;
        use tenancy::{TenantRoot, TenantScoped};
        use time::OffsetDateTime;
        use uuid::Uuid;

        #[derive(Debug, TenantRoot)]
        #[tenancy(database = $database)]
        pub(super) struct Organization {
            id: Uuid,
        }

        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Organization)]
        pub(super) struct Item {
            id: Uuid,
            #[tenancy(unique)]
            title: String,
            at: OffsetDateTime,
            ratio: f64,
            count: i64,
            #[tenancy(generated)]
            doubled: Option<i64>,
            #[tenancy(default)]
            flag: bool,
            #[tenancy(default = "CURRENT_TIMESTAMP")]
            made: OffsetDateTime,
        }

        pub(super) fn tables() -> Tables<Organization> {
            Tables::new().with::<Item>()
        }
    };
}

mod on_sqlite {
    patient!(sqlx::Sqlite);
}

mod on_postgres {
    patient!(sqlx::Postgres);
}

/// What may be said of a column: its type and so on, and values, as SQL.
type Choices = &'static [(&'static str, &'static [&'static str])];

/// Columns, each with its choices, the first of which is the one that the models want.
type Columns = &'static [(&'static str, Choices)];

const SQLITE: Columns = &[
    (
        "tenant_id",
        &[
            ("BLOB NOT NULL", &["x'00000000000000000000000000000001'"]),
            ("TEXT", &["'00000000-0000-0000-0000-000000000001'"]),
            (
                "BLOB",
                &[
                    "'00000000-0000-0000-0000-000000000001'",
                    "x'00000000000000000000000000000001'",
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
            ),
            (
                "TEXT",
                &[
                    "'00000000-0000-0000-0000-0000000000F1'",
                    "'000000000000000000000000000000f2'",
                ],
            ),
            (
                "UUID NOT NULL",
                &[
                    "x'000000000000000000000000000000f1'",
                    "'00000000-0000-0000-0000-0000000000f2'",
                ],
            ),
        ],
    ),
    (
        "title",
        &[
            ("TEXT NOT NULL", &["'a'", "'007'"]),
            (
                "TEXT COLLATE NOCASE NOT NULL CHECK (title <> ',)')",
                &["'A'", "'b'"],
            ),
            ("INTEGER", &["7", "8"]),
            ("VARCHAR(5)", &["'a   '", "'bc'"]),
            ("REAL", &["0.1", "12345678901234567"]),
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
            ),
            (
                "DATETIME",
                &["'2026-01-31T12:00:00Z'", "'2026-01-31T14:00:00.5+02:00'"],
            ),
            (
                "TEXT NOT NULL",
                &[
                    "'2026-01-31T00:00:00.999999999-00:30'",
                    "'2026-01-31 12:00:00.25'",
                ],
            ),
        ],
    ),
    (
        "ratio",
        &[
            ("REAL NOT NULL", &["0.5", "1e300"]),
            ("BIGINT", &["3", "9007199254740993"]),
            ("NUMERIC NOT NULL", &["3", "0.1"]),
            ("TEXT", &["'0.5'", "'0.50'"]),
        ],
    ),
    (
        "count",
        &[
            ("INTEGER NOT NULL", &["1", "9223372036854775807"]),
            ("TEXT", &["'7'", "'8'"]),
            ("TEXT NOT NULL", &["'007'", "'8'"]),
            ("BIGINT", &["1", "2"]),
        ],
    ),
    (
        "doubled",
        &[
            ("INTEGER", &["2", "NULL"]),
            ("INTEGER AS (length(title) * 2) STORED", &[]),
            (
                "INTEGER GENERATED ALWAYS AS (length(title) * 2) VIRTUAL",
                &[],
            ),
            ("INTEGER DEFAULT 4", &["4", "5"]),
        ],
    ),
    (
        "flag",
        &[
            ("BOOLEAN NOT NULL DEFAULT FALSE", &["TRUE", "FALSE"]),
            ("BOOLEAN DEFAULT TRUE", &["TRUE", "FALSE"]),
            ("BOOLEAN NOT NULL", &["1", "0"]),
        ],
    ),
    (
        "made",
        &[
            (
                "DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f000000', 'now'))",
                &["'2026-01-31 12:00:00.000000000'"],
            ),
            (
                "DATETIME DEFAULT CURRENT_TIMESTAMP",
                &["'2026-01-31 12:00:00'"],
            ),
            (
                "TEXT NOT NULL DEFAULT (datetime('now'))",
                &["'2026-01-31 12:00:00'"],
            ),
            ("DATETIME NOT NULL", &["'2026-01-31T12:00:00.1Z'"]),
        ],
    ),
    // No model knows these.
    (
        "extra",
        &[
            ("TEXT", &["'x'", "NULL"]),
            (
                "TEXT COLLATE NOCASE NOT NULL DEFAULT 'x, )' CHECK (extra <> '')",
                &["'X'", "'y'"],
            ),
            ("INTEGER AS (1 + (2 * 3)) VIRTUAL", &[]),
            ("BLOB", &["x'00'", "'text'"]),
        ],
    ),
    (
        "check",
        &[
            ("TEXT", &["'x'", "NULL"]),
            ("TEXT AS (extra || ',') STORED", &[]),
        ],
    ),
];

/// Values that are not the same in the column that the models want: a number of too many digits, a text that has
/// more to it than its number.
const SQLITE_LOSSY: &[(&str, usize)] = &[("title", 4), ("ratio", 1), ("ratio", 3), ("count", 2)];

const SQLITE_KEYS: &[&str] = &[
    "PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, title), FOREIGN KEY (tenant_id) REFERENCES organizations (id)",
    "PRIMARY KEY (id), UNIQUE (title)",
    "UNIQUE (tenant_id, id), CONSTRAINT sane CHECK (title <> 'never, (')",
    "CHECK (1)",
];

const SQLITE_BESIDES: &[&str] = &[
    "",
    "CREATE VIEW seen AS SELECT title FROM items",
    "CREATE UNIQUE INDEX some ON items (tenant_id, title) WHERE extra IS NOT NULL",
    "CREATE TRIGGER touched AFTER UPDATE ON items BEGIN SELECT 1; END",
];

const POSTGRES: Columns = &[
    (
        "tenant_id",
        &[
            ("uuid NOT NULL", &["'00000000-0000-0000-0000-000000000001'"]),
            ("text", &["'00000000-0000-0000-0000-000000000001'"]),
        ],
    ),
    (
        "id",
        &[
            (
                "uuid NOT NULL",
                &[
                    "'00000000-0000-0000-0000-0000000000f1'",
                    "'00000000-0000-0000-0000-0000000000f2'",
                ],
            ),
            (
                "text",
                &[
                    "'00000000-0000-0000-0000-0000000000f1'",
                    "'00000000-0000-0000-0000-0000000000f2'",
                ],
            ),
            (
                "varchar(36) NOT NULL",
                &[
                    "'00000000-0000-0000-0000-0000000000F1'",
                    "'00000000-0000-0000-0000-0000000000f2'",
                ],
            ),
        ],
    ),
    (
        "title",
        &[
            ("text NOT NULL", &["'a'", "'007'"]),
            ("varchar(5)", &["'a   '", "'bc'"]),
            ("integer", &["7", "8"]),
            ("char(4) NOT NULL", &["'a'", "'b'"]),
        ],
    ),
    (
        "at",
        &[
            (
                "timestamptz NOT NULL",
                &["'2026-01-31 12:00:00.25+00'", "'2026-01-31 12:00:00+00'"],
            ),
            (
                "timestamp",
                &["'2026-01-31 12:00:00.25'", "'2026-01-31 12:00:00'"],
            ),
            (
                "timestamptz(0)",
                &["'2026-01-31 12:00:00+00'", "'2026-01-31 13:00:00+00'"],
            ),
            ("text", &["'2026-01-31 12:00:00+00'", "'now'"]),
        ],
    ),
    (
        "ratio",
        &[
            ("double precision NOT NULL", &["0.5", "1e300"]),
            ("numeric", &["0.5", "0.1234567890123456789"]),
            ("bigint", &["3", "9007199254740993"]),
            ("real NOT NULL", &["0.1", "3"]),
        ],
    ),
    (
        "count",
        &[
            ("bigint NOT NULL", &["1", "9223372036854775807"]),
            ("text", &["'7'", "'007'"]),
            ("numeric NOT NULL", &["1", "1.5"]),
            ("integer", &["1", "2"]),
        ],
    ),
    (
        "doubled",
        &[
            ("bigint", &["2", "NULL"]),
            ("bigint GENERATED ALWAYS AS (7 * 2) STORED", &[]),
            ("bigint DEFAULT 4", &["4", "5"]),
        ],
    ),
    (
        "flag",
        &[
            ("boolean NOT NULL DEFAULT FALSE", &["TRUE", "FALSE"]),
            ("boolean DEFAULT TRUE", &["TRUE", "FALSE"]),
            ("boolean NOT NULL", &["TRUE", "FALSE"]),
            ("integer NOT NULL", &["1", "0"]),
        ],
    ),
    (
        "made",
        &[
            (
                "timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP",
                &["'2026-01-31 12:00:00+00'"],
            ),
            ("timestamptz", &["'2026-01-31 12:00:00+00'"]),
        ],
    ),
    (
        "extra",
        &[
            ("text", &["'x'", "NULL"]),
            ("text NOT NULL DEFAULT 'x'", &["'X'", "'y'"]),
            ("text NOT NULL", &["'X'", "'y'"]),
            ("json", &["'{\"a\": 1,  \"a\": 2}'"]),
        ],
    ),
];

/// The same there.
const POSTGRES_LOSSY: &[(&str, usize)] = &[
    ("id", 2),
    ("at", 3),
    ("ratio", 1),
    ("ratio", 2),
    ("count", 1),
    ("count", 2),
];

const POSTGRES_KEYS: &[&str] = &[
    "PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, title)",
    "PRIMARY KEY (id), UNIQUE (title)",
    "UNIQUE (tenant_id, id), UNIQUE (tenant_id, title) DEFERRABLE",
    "CHECK (TRUE)",
];

/// A seed, and whether its one oddity is a value that no mend may touch, where it has only one.
type Seed = (usize, Option<bool>);

/// Seeds with one oddity each, and some with many.
fn seeds(columns: Columns, more: [usize; 2], lossy: &[(&str, usize)], many: usize) -> Vec<Seed> {
    let mut radices: Vec<_> = columns
        .iter()
        .map(|(name, choices)| (*name, choices.len()))
        .collect();
    radices.extend(more.map(|number| ("", number)));
    let mut seeds = vec![(0, Some(false))];
    let mut unit = 1;
    for (name, radix) in radices {
        let one = |choice| (choice * unit, Some(lossy.contains(&(name, choice))));
        seeds.extend((1..radix).map(one));
        unit *= radix;
    }
    let mixed = |seed: usize| (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 3, None);
    seeds.extend((1..=many).map(mixed));
    seeds
}

/// One of the choices for each column, one for the keys and one for what is besides: by a number.
fn seed(
    mut number: usize,
    columns: Columns,
    keys: &[&str],
    besides: &[&str],
    root: &str,
) -> (Vec<&'static str>, String) {
    let mut choose = |from: usize| {
        let choice = number % from;
        number /= from;
        choice
    };
    let chosen: Vec<_> = columns
        .iter()
        .map(|(name, choices)| (*name, choices[choose(choices.len())]))
        .collect();
    let keys = keys[choose(keys.len())];
    let besides = besides[choose(besides.len())];
    let lines: Vec<_> = chosen
        .iter()
        .map(|(name, (line, _))| format!("\"{name}\" {line}"))
        .collect();
    let mut sql = format!("{root}; CREATE TABLE items ({}, {keys});", lines.join(", "));
    let written: Vec<_> = chosen
        .iter()
        .filter(|(_, (_, values))| !values.is_empty())
        .collect();
    let names: Vec<_> = written
        .iter()
        .map(|(name, _)| format!("\"{name}\""))
        .collect();
    for row in 0..2 {
        let values: Vec<_> = written
            .iter()
            .map(|(_, (_, values))| values[row % values.len()])
            .collect();
        sql.push_str(&format!(
            "INSERT INTO items ({}) VALUES ({});",
            names.join(", "),
            values.join(", ")
        ));
    }
    sql.push_str(besides);
    (chosen.iter().map(|(name, _)| *name).collect(), sql)
}

fn mends(report: &Report) -> String {
    let findings = report.findings().iter();
    findings.map(|finding| finding.mend.as_str()).collect()
}

/// What came of a seed.
#[derive(Debug, PartialEq)]
enum Outcome {
    Mended,
    Refused,
}

/// Mends until there is nothing to mend, or a mend fails.
async fn heal<DB: Backend, F>(db: &Db<DB>, sql: &str, examine: impl Fn() -> F) -> Outcome
where
    for<'c> &'c mut DB::Connection: sqlx::Executor<'c, Database = DB>,
    F: Future<Output = Report>,
{
    for _ in 0..6 {
        let report = examine().await;
        if report.count(Severity::Error) == 0 {
            return Outcome::Mended;
        }
        let mends = mends(&report);
        if database::run(db, &mends).await.is_err() {
            return Outcome::Refused;
        }
    }
    panic!("it is never mended\n{}\nafter\n{sql}", examine().await);
}

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
    let more = [SQLITE_KEYS.len(), SQLITE_BESIDES.len()];
    for (number, lossy) in seeds(SQLITE, more, SQLITE_LOSSY, 24) {
        let root = "CREATE TABLE organizations (id BLOB NOT NULL PRIMARY KEY);
            INSERT INTO organizations VALUES (x'00000000000000000000000000000001');
            PRAGMA foreign_keys = OFF";
        let (names, sql) = seed(number, SQLITE, SQLITE_KEYS, SQLITE_BESIDES, root);
        let db = database::sqlite("").await;
        database::run(&db, &sql)
            .await
            .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
        database::run(&db, "PRAGMA foreign_keys = ON")
            .await
            .expect("foreign keys");
        let dump = async || {
            let columns: Vec<_> = names
                .iter()
                .map(|name| format!("quote(\"{name}\")"))
                .collect();
            let query = format!("SELECT {} FROM items ORDER BY title", columns.join(", "));
            #[expect(clippy::disallowed_methods, reason = "a test says what it reads")]
            let query = sqlx::query(sqlx::AssertSqlSafe(query));
            let mut connection = db.acquire().await.expect("a connection");
            let rows = query.fetch_all(&mut *connection).await.expect("rows");
            let row = |row: sqlx::sqlite::SqliteRow| {
                let values = names.iter().enumerate();
                let values = values.map(|(at, name)| value(name, &row.get::<String, _>(at)));
                values.collect::<Vec<_>>()
            };
            let mut rows: Vec<_> = rows.into_iter().map(row).collect();
            rows.sort();
            rows
        };
        let before = dump().await;
        let tables = on_sqlite::tables();
        let outcome = heal(&db, &sql, async || {
            Doctor::new(&tables)
                .with_rows()
                .examine(&db)
                .await
                .expect("a report")
        })
        .await;
        assert_eq!(dump().await, before, "{outcome:?} after\n{sql}");
        if let Some(lossy) = lossy {
            assert_eq!(
                outcome == Outcome::Refused,
                lossy,
                "after
{sql}"
            );
        }
    }
}

#[tokio::test]
async fn nothing_is_lost_on_postgres() {
    let more = [POSTGRES_KEYS.len(), 1];
    for (number, lossy) in seeds(POSTGRES, more, POSTGRES_LOSSY, 8) {
        let root = "CREATE TABLE organizations (id uuid PRIMARY KEY);
            INSERT INTO organizations VALUES ('00000000-0000-0000-0000-000000000001')";
        let (names, sql) = seed(number, POSTGRES, POSTGRES_KEYS, &[""], root);
        let db = database::postgres("").await;
        database::run(&db, &sql)
            .await
            .unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
        let mut connection = db.acquire().await.expect("a connection");
        let types: Vec<String> = sqlx::query_scalar(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute
             WHERE attrelid = 'items'::regclass AND attnum > 0 ORDER BY attnum",
        )
        .fetch_all(&mut *connection)
        .await
        .expect("types");
        drop(connection);
        let dump = async || {
            // As values of the types that there were.
            let columns: Vec<_> = names
                .iter()
                .zip(&types)
                .map(|(name, there)| format!("coalesce(\"{name}\"::{there}::text, 'NULL')"))
                .collect();
            let query = format!("SELECT {} FROM items", columns.join(", "));
            #[expect(clippy::disallowed_methods, reason = "a test says what it reads")]
            let query = sqlx::query(sqlx::AssertSqlSafe(query));
            let mut connection = db.acquire().await.expect("a connection");
            let rows = query.fetch_all(&mut *connection).await.expect("rows");
            let row = |row: sqlx::postgres::PgRow| {
                (0..names.len())
                    .map(|at| row.get::<String, _>(at))
                    .collect::<Vec<_>>()
            };
            let mut rows: Vec<_> = rows.into_iter().map(row).collect();
            rows.sort();
            rows
        };
        let before = dump().await;
        let tables = on_postgres::tables();
        let outcome = heal(&db, &sql, async || {
            Doctor::new(&tables).examine(&db).await.expect("a report")
        })
        .await;
        assert_eq!(dump().await, before, "{outcome:?} after\n{sql}");
        if let Some(lossy) = lossy {
            assert_eq!(
                outcome == Outcome::Refused,
                lossy,
                "after
{sql}"
            );
        }
    }
}
