//! PgBouncer in transaction mode, before the server.

use sqlx::postgres::PgConnectOptions;
use tenancy::{Db, PoolOptions};

use crate::database::Fresh;

/// Where PgBouncer is: `PGBOUNCER_URL`, which the test script sets.
///
/// # Panics
///
/// If it is not set: tests are never skipped silently.
#[must_use]
pub fn options() -> PgConnectOptions {
    std::env::var("PGBOUNCER_URL")
        .expect(
            "PGBOUNCER_URL names PgBouncer in transaction mode before the server that DATABASE_URL names; run the \
             tests with `scripts/test`, or `scripts/with-pgbouncer` if the server is your own",
        )
        .parse()
        .expect("PGBOUNCER_URL is a PostgreSQL URL")
}

/// The way by PgBouncer to where `direct` leads.
#[must_use]
pub fn by_way_of(direct: &PgConnectOptions) -> PgConnectOptions {
    let pooler = options();
    direct
        .clone()
        .host(pooler.get_host())
        .port(pooler.get_port())
}

/// A database, reached by way of PgBouncer.
pub async fn to(direct: &PgConnectOptions) -> Db<sqlx::Postgres> {
    let pool = PoolOptions::new()
        .max_connections(4)
        .transaction_pooler(true);
    Db::connect_with(pool, by_way_of(direct))
        .await
        .expect("a connection by way of PgBouncer")
}

/// The same database, reached by way of PgBouncer.
pub async fn before(fresh: Fresh<sqlx::Postgres>) -> Fresh<sqlx::Postgres> {
    let db = to(fresh.connect_options()).await;
    fresh.with(db)
}
