//! Row-level security, and roles that it holds for.

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tenancy::rls::SigningKey;
use tenancy::{Db, PoolOptions};
use uuid::Uuid;

use crate::database::Fresh;

/// What policies compare the tenant with.
pub const SETTING: &str = "nullif(current_setting('tenancy.tenant', true), '')::uuid";

/// The same, with a signature.
pub const SIGNED: &str = "tenancy.tenant()::uuid";

/// The key of the tests.
#[must_use]
pub fn key() -> SigningKey {
    SigningKey::new([7; SigningKey::LEN])
}

/// Lets row-level security hold for the tables of the models, by whoever may, and gives a database for a role
/// that it holds for.
pub async fn secured(
    fresh: Fresh<sqlx::Postgres>,
    tenant: &str,
) -> (Fresh<sqlx::Postgres>, Db<sqlx::Postgres>) {
    let options = fresh.outside().shared.clone();
    secure(
        &options,
        tenant,
        &[
            "organizations id",
            "users tenant_id",
            "documents tenant_id",
            "comments tenant_id",
            "settings tenant_id",
            "notes tenant_id",
        ],
    )
    .await;
    let pool = PoolOptions::new().max_connections(4);
    let db = Db::connect_with(pool, role(&options, "").await)
        .await
        .expect("a connection of the new role");
    (fresh, db)
}

/// Policies for tables, each with the column of the tenant.
pub async fn secure(superuser: &PgConnectOptions, tenant: &str, tables: &[&str]) {
    let mut sql = key().setup();
    for table in tables {
        let (table, column) = table.split_once(' ').expect("a table and a column");
        sql += &format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
             CREATE POLICY tenancy_isolation ON {table}
                 USING ({column} = {tenant}) WITH CHECK ({column} = {tenant});"
        );
    }
    execute(superuser, sql).await;
}

/// A new role that may log in and use all tables, with `attributes` besides.
pub async fn role(superuser: &PgConnectOptions, attributes: &str) -> PgConnectOptions {
    let name = format!("program_{}", Uuid::now_v7().simple());
    let password = Uuid::now_v7().simple().to_string();
    let sql = format!(
        "CREATE ROLE {name} LOGIN PASSWORD '{password}' {attributes};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name};
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name};"
    );
    execute(superuser, sql).await;
    superuser.clone().username(&name).password(&password)
}

/// Runs SQL of the tests' own.
pub async fn execute(options: &PgConnectOptions, sql: String) {
    let mut connection = PgConnection::connect_with(options)
        .await
        .expect("a connection");
    #[expect(
        clippy::disallowed_methods,
        reason = "made of names and literals of the tests"
    )]
    let sql = sqlx::AssertSqlSafe(sql);
    connection
        .execute(sqlx::raw_sql(sql))
        .await
        .expect("what the tests need");
}
