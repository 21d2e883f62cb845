//! A server that does not answer any more.

use std::time::{Duration, Instant};

use tenancy::{Db, PoolOptions};
use tenancy_tests::postgres;

use crate::proxy::Proxy;

/// Long enough for a question to reach the server on the same machine.
const REACHED: Duration = Duration::from_millis(200);

/// The pool asks its connections something, too: to clean one, to test one that is doubted. It waits for an
/// answer, but not for ever.
#[tokio::test]
async fn a_server_that_does_not_answer_keeps_no_place_in_the_pool() {
    let db = postgres::database().await;
    let server = db.connect_options().clone();
    let proxy = Proxy::start(&server).await;
    let pool = PoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(20));
    let two = Db::connect_with(pool, proxy.options(&server)).await;
    let two: Db<sqlx::Postgres> = two.unwrap();
    let mut connection = two.acquire().await.unwrap();
    drop(two.acquire().await.unwrap());
    tokio::time::sleep(REACHED).await;
    let count = || (two.connections().open, two.connections().idle);
    assert_eq!(count(), (2, 1));

    proxy.hold_answers_of_now();
    let asked = sqlx::raw_sql("SELECT 1").execute(&mut *connection);
    assert!(tokio::time::timeout(REACHED, asked).await.is_err());
    drop(connection);
    tokio::time::sleep(REACHED).await;
    // It may be slow, and not gone: until then it counts.
    assert_eq!(count(), (2, 1));
    let closed = async {
        while two.connections().open == 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let closed = tokio::time::timeout(Duration::from_secs(20), closed).await;
    assert!(closed.is_ok(), "{:?}", two.connections());

    // The other one was idle for a moment only; but it is tested, and replaced.
    assert_eq!(count(), (1, 1));
    let started = Instant::now();
    let mut connection = two.acquire().await.unwrap();
    assert!(started.elapsed() > Duration::from_secs(1));
    assert_eq!(count(), (1, 0));
    let select = sqlx::raw_sql("SELECT 1");
    select.execute(&mut *connection).await.unwrap();
}
