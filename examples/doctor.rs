//! A database examined, for CI: the program fails if there is an error.
//!
//! `cargo run --example doctor`: runs on an SQLite database in memory, nothing to install. Here the first tables are
//! wrong on purpose, and what the doctor says is done. A program for CI is the last statement of `main` alone.

use tenancy::ddl::Tables;
use tenancy::doctor::{self, Doctor, Report};
use tenancy::{Db, PoolOptions, TenantRoot, TenantScoped};
use uuid::Uuid;

/// The tenants.
#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite)]
#[allow(dead_code, reason = "nothing here reads rows")]
struct Organization {
    id: Uuid,
    name: String,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
#[allow(dead_code, reason = "nothing here reads rows")]
struct User {
    id: Uuid,
    #[tenancy(unique)]
    email: String,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
#[allow(dead_code, reason = "nothing here reads rows")]
struct Document {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    owner_id: Uuid,
    #[tenancy(index)]
    title: String,
    #[tenancy(default = "FALSE")]
    archived: bool,
}

/// Written by hand, by somebody who thought of one tenant.
const TABLES: &str = "
    CREATE TABLE organizations (id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL);
    CREATE TABLE users (
        id BLOB PRIMARY KEY NOT NULL,
        tenant_id BLOB NOT NULL REFERENCES organizations (id),
        email TEXT NOT NULL UNIQUE
    );
    CREATE TABLE documents (
        id BLOB PRIMARY KEY NOT NULL,
        tenant_id BLOB REFERENCES organizations (id),
        owner_id BLOB NOT NULL REFERENCES users (id),
        title TEXT NOT NULL,
        archived BOOLEAN NOT NULL DEFAULT FALSE
    );
";

#[tokio::main]
async fn main() -> Result<Report, Box<dyn std::error::Error>> {
    let options = PoolOptions::new().max_connections(1);
    let db = Db::connect_with(options, "sqlite::memory:".parse()?).await?;
    sqlx::raw_sql(TABLES)
        .execute(&mut *db.acquire().await?)
        .await?;

    let tables = Tables::<Organization>::new()
        .with::<User>()
        .with::<Document>();
    let report = doctor::examine(&tables, &db).await?;
    println!("Before:\n{report}\n");

    // A person reads them first.
    for finding in report.findings() {
        #[expect(clippy::disallowed_methods, reason = "the statements are the doctor's")]
        let mend = sqlx::AssertSqlSafe(finding.mend.as_str());
        sqlx::raw_sql(mend)
            .execute(&mut *db.acquire().await?)
            .await?;
    }

    println!("After:");
    // The report prints itself and gives the exit code; `to_json` is for other programs.
    let doctor = Doctor::new(&tables).with_rows().with_probe();
    Ok(doctor.examine(&db).await?)
}
