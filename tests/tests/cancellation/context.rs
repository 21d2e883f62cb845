//! What is set on a connection does not outlive its borrower (lesson L7).

use sqlx::Connection as _;
use sqlx::Row as _;
use tenancy_tests::postgres;

use crate::polls::single;
use crate::probe::Probe as _;

#[tokio::test]
async fn settings_and_roles_end_with_the_borrower() {
    let db = postgres::database().await;
    let one = single(&db).await;
    for statement in [
        "SET ROLE pg_read_all_data",
        "SET SESSION AUTHORIZATION DEFAULT; SET ROLE pg_monitor",
        "SET search_path = pg_catalog",
        "SET app.tenant = 'acme'",
        "SELECT set_config('app.tenant', 'acme', false)",
        "BEGIN; SET LOCAL app.tenant = 'acme'",
        "BEGIN; SELECT set_config('app.tenant', 'acme', true); SELECT 1/0",
        "BEGIN; SET search_path = pg_catalog; COMMIT",
        "BEGIN; INSERT INTO plans VALUES ('left', 'open')",
        "BEGIN; SAVEPOINT a; SAVEPOINT b",
    ] {
        let mut connection = one.pool().acquire().await.unwrap();
        let _ = sqlx::raw_sql(statement).execute(&mut *connection).await;
        drop(connection);
        sqlx::Postgres::assert_clean(&one, &db).await;
    }
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM plans")
        .fetch_one(db.pool())
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn prepared_statements_survive_the_release() {
    let db = postgres::database().await;
    let one = single(&db).await;
    let statement =
        "SELECT count(*) AS n FROM pg_prepared_statements WHERE statement LIKE '%plans%'";
    for _ in 0..5 {
        sqlx::query("SELECT key FROM plans WHERE key = $1")
            .bind("a")
            .fetch_optional(one.pool())
            .await
            .unwrap();
        let mut connection = one.pool().acquire().await.unwrap();
        assert!(connection.cached_statements_size() >= 1);
        let row = sqlx::raw_sql(statement)
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        // Prepared once, and still there: both sides agree.
        assert_eq!(row.get::<i64, _>("n"), 1);
    }
}
