//! What nobody uses, and what is too old.

use crate::pool::options::PoolOptions;
use crate::pool::tests::{finish, mark, marked, place, pool, runtime, settled};
use std::time::Duration;

#[tokio::test]
async fn what_is_idle_for_too_long_is_closed() {
    let timeout = Some(Duration::from_millis(30));
    let pool = pool(PoolOptions::new().idle_timeout(timeout));
    let here = place();
    for _ in 0..2 {
        let [one, other] = [
            pool.acquire(&here).await.unwrap(),
            pool.acquire(&here).await.unwrap(),
        ];
        finish(one);
        finish(other);
        assert_eq!(pool.size(), (2, 2));
        while pool.size() != (0, 0) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn what_is_too_old_is_closed() {
    let lifetime = Some(Duration::from_millis(30));
    let pool = pool(PoolOptions::new().max_lifetime(lifetime));
    let here = place();
    let mut young = pool.acquire(&here).await.unwrap();
    mark(&mut young, 1).await;
    let own = "CREATE TEMPORARY TABLE own AS SELECT 1";
    sqlx::raw_sql(own).execute(&mut *young).await.unwrap();
    drop(young);
    assert_eq!(settled(&pool).await, (1, 1));
    tokio::time::sleep(Duration::from_millis(40)).await;
    // Another one, to the same memory.
    let mut other = pool.acquire(&here).await.unwrap();
    let own = sqlx::raw_sql("SELECT * FROM own");
    own.execute(&mut *other).await.unwrap_err();
    assert_eq!(marked(&mut other).await, 1);
    assert_eq!(pool.size(), (1, 0));
    tokio::time::sleep(Duration::from_millis(40)).await;
    drop(other);
    assert_eq!(settled(&pool).await, (0, 0));
}

#[test]
fn what_is_idle_is_closed_though_a_runtime_ended() {
    let timeout = Some(Duration::from_millis(30));
    let pool = pool(PoolOptions::new().idle_timeout(timeout));
    let here = place();
    for _ in 0..2 {
        // The task that closes is one of the runtime, and does not outlive it.
        runtime().block_on(async { finish(pool.acquire(&here).await.unwrap()) });
        assert_eq!(pool.size(), (1, 1));
    }
    runtime().block_on(async {
        finish(pool.acquire(&here).await.unwrap());
        let closed = async {
            while pool.size() != (0, 0) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), closed)
            .await
            .expect("it is closed");
    });
}

/// How much time of a processor the thread took.
#[cfg(target_os = "linux")]
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
    let times: Vec<u64> = fields
        .skip(11)
        .take(2)
        .map(|n| n.parse().unwrap())
        .collect();
    times.iter().sum()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_closes_what_is_idle_does_not_run_in_circles() {
    let timeout = Some(Duration::from_millis(20));
    let pool = pool(PoolOptions::new().max_connections(2).idle_timeout(timeout));
    let here = place();
    let held = pool.acquire(&here).await.unwrap();
    finish(pool.acquire(&here).await.unwrap());
    // Given up, since somebody has a connection still.
    let closing = tokio::time::timeout(Duration::from_millis(5), pool.close());
    closing.await.unwrap_err();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let before = ticks();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let taken = ticks() - before;
    assert!(taken < 20, "{taken} of about 100 ticks");
    drop(held);
}
