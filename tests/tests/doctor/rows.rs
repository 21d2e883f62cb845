//! Faults in rows: they are counted, and a query lists them.

use sqlx::{Executor as _, Row as _};
use tenancy::doctor::{Doctor, Report};
use tenancy_tests::database;

use crate::{codes, on_postgres, on_sqlite};

/// The tables without what would keep such rows out.
fn open(sql: &str) -> String {
    let lines = sql
        .lines()
        .filter(|line| !line.contains("FOREIGN KEY") && !line.contains("KEY (\"tenant_id\""));
    let sql = lines.collect::<Vec<_>>().join("\n");
    let sql = sql.replace("\"tenant_id\" BLOB NOT NULL", "\"tenant_id\" BLOB");
    let sql = sql.replace("\"tenant_id\" uuid NOT NULL", "\"tenant_id\" uuid");
    // The comma that is last now.
    sql.replace(",\n);", "\n);")
}

/// In `1` is a tenant, in `2` another one, and in `9` none.
const ROWS: &str = "
    INSERT INTO organizations (id, subdomain) VALUES ($1, 'acme'), ($2, 'globex');
    INSERT INTO users (tenant_id, id, email) VALUES ($1, $3, 'ann'), ($2, $4, 'bob');
    INSERT INTO documents (tenant_id, id, owner_id, title, version) VALUES ($1, $5, $3, 'fine', 0);
    INSERT INTO plans VALUES ('gold', 1);
    INSERT INTO notes (id, tenant_id, author_id, plan, about_id) VALUES (1, $1, $3, 'gold', $1), (2, $2, NULL, NULL, NULL);
";

const FAULTS: &[(&str, &str, &str)] = &[
    (
        "INSERT INTO users (tenant_id, id, email) VALUES (NULL, $6, 'nobody')",
        "rows-without-tenant",
        "users",
    ),
    (
        "INSERT INTO users (tenant_id, id, email) VALUES ($9, $6, 'nobody')",
        "orphaned-rows",
        "users",
    ),
    (
        "INSERT INTO notes (id, tenant_id, author_id) VALUES (7, $1, $4)",
        "rows-cross-tenants",
        "notes",
    ),
    (
        "INSERT INTO notes (id, tenant_id, about_id) VALUES (7, $1, $2)",
        "rows-cross-tenants",
        "notes",
    ),
    (
        "INSERT INTO documents (tenant_id, id, owner_id, title, version) VALUES ($1, $6, $9, 'x', 0)",
        "dangling-rows",
        "documents",
    ),
    (
        "INSERT INTO notes (id, tenant_id, plan) VALUES (7, $2, 'silver')",
        "dangling-rows",
        "notes",
    ),
];

fn spelled(sql: &str, id: fn(&str) -> String) -> String {
    (1..=9).fold(sql.to_owned(), |sql, number| {
        sql.replace(&format!("${number}"), &id(&number.to_string()))
    })
}

/// The findings about rows.
fn about_rows(report: &Report) -> Vec<(&'static str, &str, &str)> {
    let findings = report.findings().iter();
    let findings = findings.filter(|finding| finding.code.contains("rows"));
    findings
        .map(|finding| {
            (
                finding.code,
                finding.subject.as_str(),
                finding.mend.as_str(),
            )
        })
        .collect()
}

macro_rules! each {
    ($name:ident, $tables:expr, $open:path, $id:expr) => {
        #[tokio::test]
        async fn $name() {
            let tables = $tables;
            for (seed, code, table) in FAULTS {
                let db = $open("").await;
                database::run(&db, &open(&tables.sql()))
                    .await
                    .expect("tables");
                database::run(&db, &spelled(ROWS, $id)).await.expect("rows");
                let doctor = Doctor::new(&tables).with_rows();
                let before = doctor.examine(&db).await.expect("a report");
                assert_eq!(about_rows(&before), [], "{before}");
                let seed = spelled(seed, $id);
                database::run(&db, &seed).await.expect(&seed);

                // Not without being asked.
                let quick = Doctor::new(&tables).examine(&db).await.expect("a report");
                assert_eq!(codes(&quick), codes(&before), "{quick}");
                let report = doctor.examine(&db).await.expect("a report");
                let found = about_rows(&report);
                assert_eq!(found.len(), 1, "after\n{seed}\n{report}");
                assert_eq!((found[0].0, found[0].1), (*code, *table));

                // The query lists the row.
                let mut connection = db.acquire().await.expect("a connection");
                #[expect(clippy::disallowed_methods, reason = "what the report says")]
                let query = sqlx::AssertSqlSafe(found[0].2.to_owned());
                let rows = (&mut *connection)
                    .fetch_all(sqlx::raw_sql(query))
                    .await
                    .expect("rows");
                assert_eq!(rows.len(), 1);
                assert_eq!(rows[0].columns()[0].name(), "id");
            }
        }
    };
}

use sqlx::Column as _;

each!(
    on_sqlite,
    on_sqlite::tables(),
    database::sqlite,
    |number| format!("x'{number:0>32}'")
);
each!(
    on_postgresql,
    on_postgres::all(),
    database::postgres,
    |number| format!("'00000000-0000-0000-0000-00000000000{number}'::uuid")
);
