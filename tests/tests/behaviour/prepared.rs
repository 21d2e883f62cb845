//! How many prepared statements a connection keeps.

use sqlx::postgres::PgConnectOptions;
use tenancy::{Db, PoolOptions, Root as _, TenantScoped as _};
use tenancy_tests::over;
use tenancy_tests::postgres::*;

use crate::tenants;

/// More than sqlx keeps by default, as many tenants' schemas in turn need.
const STATEMENTS: i64 = 150;

/// How many of [`STATEMENTS`] a connection with these options has kept when all of them ran.
async fn kept(
    options: impl FnOnce(PgConnectOptions) -> PgConnectOptions,
    pool: PoolOptions,
) -> i64 {
    let fresh = database().await;
    let [acme] = tenants!(fresh, "Acme");
    let options = options(fresh.connect_options().clone());
    let db = Db::connect_with(pool.max_connections(1), options)
        .await
        .unwrap();
    tenancy::enter!(acme = over(&db, &acme));
    for length in 1..=STATEMENTS {
        // Texts of their own, as the names of schemas make them.
        let notes = Note::query().filter(|n| {
            (1..length).fold(n.id.eq(0).boxed(), |any, id| (any | n.id.eq(id)).boxed())
        });
        notes.count(&acme).await.unwrap();
    }
    sqlx::query_scalar("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%notes%'")
        .persistent(false)
        .fetch_one(&mut *db.acquire().await.unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn statements_of_many_schemas_stay_prepared() {
    assert_eq!(
        kept(|options| options, PoolOptions::new()).await,
        STATEMENTS
    );
}

#[tokio::test]
async fn what_the_options_say_of_prepared_statements_holds() {
    let few = |options: PgConnectOptions| options.statement_cache_capacity(10);
    assert_eq!(kept(few, PoolOptions::new()).await, 10);
}

/// Also if it is what the driver says of itself, and whatever the options say.
#[tokio::test]
async fn what_the_pool_says_of_prepared_statements_holds() {
    let pool = || PoolOptions::new().statement_cache_capacity(100);
    let few = |options: PgConnectOptions| options.statement_cache_capacity(10);
    assert_eq!(kept(few, pool()).await, 100);
    assert_eq!(kept(|options| options, pool()).await, 100);
    let pooled = pool().transaction_pooler(true);
    assert_eq!(kept(few, pooled).await, 0);
}

#[tokio::test]
async fn nothing_is_kept_on_a_connection_of_a_pooler() {
    let pool = PoolOptions::new().transaction_pooler(true);
    assert_eq!(kept(|options| options, pool).await, 0);
}
