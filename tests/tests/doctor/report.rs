//! What a report looks like.

use std::process::{ExitCode, Termination as _};

use tenancy::doctor::{self, Severity};
use tenancy_tests::database;

use crate::on_sqlite::tables;

#[tokio::test]
async fn as_a_table_and_as_json() {
    let db = database::sqlite("").await;
    database::run(&db, &tables().sql()).await.expect("tables");
    let report = doctor::examine(&tables(), &db).await.expect("a report");
    assert_eq!(report.to_string(), "5 tables, 0 errors, 0 warnings");
    assert_eq!(
        format!("{:?}", report.exit_code()),
        format!("{:?}", ExitCode::SUCCESS)
    );

    database::run(&db, "DROP INDEX documents_tenant_id_title_idx")
        .await
        .expect("no index");
    let report = doctor::examine(&tables(), &db).await.expect("a report");
    assert_eq!(report.count(Severity::Warning), 1);
    // A warning does not fail.
    assert_eq!(
        format!("{:?}", report.exit_code()),
        format!("{:?}", ExitCode::SUCCESS)
    );

    database::run(&db, "CREATE UNIQUE INDEX one ON users (name)")
        .await
        .expect("an index");
    let report = doctor::examine(&tables(), &db).await.expect("a report");
    assert_eq!(
        report.to_string(),
        "error    unique-not-widened  users      what is unique (name) does not include `tenant_id`: \
         a tenant learns what others have, and keeps them from having it
         | DROP INDEX \"one\";
         | CREATE UNIQUE INDEX \"one\" ON \"users\" (\"tenant_id\", name);
warning  missing-index       documents  no index begins with `tenant_id` and `title`
         | CREATE INDEX IF NOT EXISTS \"documents_tenant_id_title_idx\" ON \"documents\" (\"tenant_id\", \"title\");
5 tables, 1 error, 1 warning"
    );
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).expect("JSON");
    assert_eq!(json["tables"], 5);
    assert_eq!(json["findings"][1]["code"], "missing-index");
    assert_eq!(json["findings"][1]["severity"], "warning");
    assert_eq!(json["findings"][0]["subject"], "users");
    assert!(
        json["findings"][0]["mend"]
            .as_str()
            .is_some_and(|sql| sql.starts_with("DROP INDEX"))
    );
    assert_eq!(
        format!("{:?}", report.report()),
        format!("{:?}", ExitCode::FAILURE)
    );
}
