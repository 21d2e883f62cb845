//! Faults of tables on PostgreSQL.

use tenancy::doctor;
use tenancy_tests::database;

use crate::on_postgres::all;
use crate::{expect, mends};

/// What somebody does, and what is found then.
const FAULTS: &[(&str, &[&str])] = &[
    ("DROP TABLE documents", &["missing-table"]),
    ("ALTER TABLE users DROP COLUMN name", &["missing-column"]),
    (
        "ALTER TABLE notes DROP COLUMN tenant_id CASCADE",
        &["missing-tenant-column", "missing-key", "missing-foreign-key"],
    ),
    (
        "ALTER TABLE notes DROP CONSTRAINT notes_pkey, ADD UNIQUE (tenant_id, id),
            ALTER tenant_id DROP NOT NULL",
        &["nullable-tenant-column"],
    ),
    ("ALTER TABLE documents ALTER version TYPE integer", &["wrong-type"]),
    ("ALTER TABLE documents ALTER title TYPE bytea USING ''", &["wrong-type"]),
    ("ALTER TABLE documents ALTER title DROP NOT NULL", &["nullable-column"]),
    ("ALTER TABLE users ALTER name SET NOT NULL", &["required-column"]),
    ("ALTER TABLE users ADD extra integer NOT NULL", &["unknown-required-column"]),
    ("ALTER TABLE documents ALTER archived DROP DEFAULT", &["missing-default"]),
    ("ALTER TABLE notes ALTER id DROP IDENTITY", &["missing-default"]),
    ("DROP TYPE colour CASCADE", &["missing-type", "missing-column", "missing-index"]),
    (
        "ALTER TABLE users DROP CONSTRAINT users_tenant_id_email_key, ADD UNIQUE (email)",
        &["unique-not-widened"],
    ),
    ("CREATE UNIQUE INDEX ON documents (lower(title), archived)", &["unique-not-widened"]),
    ("CREATE UNIQUE INDEX ON documents (title) WHERE NOT archived", &["unique-not-widened"]),
    (
        "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE, ADD PRIMARY KEY (id);
        ALTER TABLE documents ADD FOREIGN KEY (owner_id) REFERENCES users (id)",
        &["primary-key-not-widened", "foreign-key-not-widened", "missing-foreign-key"],
    ),
    ("ALTER TABLE users DROP CONSTRAINT users_tenant_id_email_key", &["missing-unique"]),
    ("ALTER TABLE organizations DROP CONSTRAINT organizations_subdomain_key", &["missing-unique"]),
    ("ALTER TABLE plans DROP CONSTRAINT plans_rank_key", &["missing-unique"]),
    ("DROP INDEX documents_tenant_id_title_idx", &["missing-index"]),
    (
        "ALTER TABLE notes DROP CONSTRAINT notes_pkey, ADD PRIMARY KEY (id, tenant_id);
        DROP INDEX notes_tenant_id_author_id_idx, notes_tenant_id_plan_idx, notes_tenant_id_about_id_idx",
        &["tenant-leads-no-index"],
    ),
    ("ALTER TABLE notes DROP CONSTRAINT notes_pkey", &["missing-key"]),
    (
        "ALTER TABLE users ADD UNIQUE (id);
        ALTER TABLE documents DROP CONSTRAINT documents_tenant_id_owner_id_fkey,
            ADD CONSTRAINT own FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE",
        &["unique-not-widened", "foreign-key-not-widened"],
    ),
    (
        "ALTER TABLE notes ADD UNIQUE (id);
        ALTER TABLE documents ADD note_id bigint REFERENCES notes (id)",
        &["foreign-key-not-widened"],
    ),
    ("ALTER TABLE documents DROP CONSTRAINT documents_tenant_id_owner_id_fkey", &["missing-foreign-key"]),
    ("ALTER TABLE documents DROP CONSTRAINT documents_tenant_id_fkey", &["missing-foreign-key"]),
    ("ALTER TABLE notes DROP CONSTRAINT notes_plan_fkey", &["missing-foreign-key"]),
    (
        "ALTER TABLE documents DROP CONSTRAINT documents_tenant_id_owner_id_fkey,
            ADD FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id) NOT VALID",
        &["foreign-key-not-valid"],
    ),
    (
        "ALTER TABLE notes DROP CONSTRAINT notes_tenant_id_author_id_fkey,
            ADD FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id) ON DELETE SET NULL",
        &["foreign-key-nulls-tenant"],
    ),
];

#[tokio::test]
async fn each_is_found_and_mended() {
    let tables = all();
    for (seed, expected) in FAULTS {
        let db = database::postgres("").await;
        database::run(&db, &tables.sql()).await.expect("tables");
        database::run(&db, seed).await.expect(seed);
        let report = doctor::examine(&tables, &db).await.expect("a report");
        expect(&report, expected, seed);
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
        db.close().await;
    }
}

/// What is mended stays as it was in what no model knows.
#[tokio::test]
async fn names_that_need_quotes_are_quoted() {
    let tables = all();
    let db = database::postgres("").await;
    database::run(&db, &tables.sql()).await.expect("tables");
    let seed = r#"ALTER TABLE users ADD "two ""words" text, ADD CONSTRAINT "an ""odd name" UNIQUE ("two ""words")"#;
    database::run(&db, seed).await.expect(seed);
    let report = doctor::examine(&tables, &db).await.expect("a report");
    expect(&report, &["unique-not-widened"], seed);
    database::run(&db, &mends(&report)).await.expect("mended");
    let report = doctor::examine(&tables, &db).await.expect("a report");
    assert!(report.is_healthy(), "{report}");
}

/// What happens when a row is removed stays the same.
#[tokio::test]
async fn a_foreign_key_that_is_widened_keeps_its_actions() {
    let tables = all();
    for (before, after) in [
        ("ON DELETE CASCADE", "ON DELETE CASCADE"),
        (
            "ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE",
            "ON UPDATE CASCADE ON DELETE SET NULL (author_id) DEFERRABLE",
        ),
    ] {
        let db = database::postgres("").await;
        database::run(&db, &tables.sql()).await.expect("tables");
        let seed = format!(
            "ALTER TABLE users ADD UNIQUE (id); ALTER TABLE notes DROP CONSTRAINT notes_tenant_id_author_id_fkey,
            ADD CONSTRAINT own FOREIGN KEY (author_id) REFERENCES users (id) {before}"
        );
        database::run(&db, &seed).await.expect("a foreign key");
        let report = doctor::examine(&tables, &db).await.expect("a report");
        expect(
            &report,
            &["unique-not-widened", "foreign-key-not-widened"],
            &seed,
        );
        database::run(&db, &mends(&report)).await.expect("mended");
        let definition: String = sqlx::query_scalar(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'notes_tenant_id_author_id_fkey'",
        )
        .fetch_one(&mut *db.acquire().await.expect("a connection"))
        .await
        .expect("a foreign key");
        assert!(
            definition.ends_with(&format!("REFERENCES users(tenant_id, id) {after}")),
            "{definition}"
        );
        db.close().await;
    }
}
