pub(crate) mod idle;

use crate::pool::Pool;
use crate::pool::check::Check;
use crate::pool::connection::PoolConnection;
use crate::pool::options::PoolOptions;
use crate::pool::place::Place;
use sqlx::{Sqlite, SqliteConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use sqlx::Connection as _;

type Connection = PoolConnection<Sqlite>;

fn place() -> Arc<Place<Sqlite>> {
    Place::new("sqlite::memory:".parse().unwrap(), Check::Nothing, None)
}

fn pool(options: PoolOptions) -> Pool<Sqlite> {
    Pool::new(options)
}

fn at_most(max: u32) -> Pool<Sqlite> {
    pool(PoolOptions::new().max_connections(max))
}

impl Pool<Sqlite> {
    /// How many connections are open, and how many of them are idle.
    fn size(&self) -> (usize, usize) {
        let connections = self.connections();
        (connections.open, connections.idle)
    }
}

/// Waits until what was dropped is back.
async fn settled(pool: &Pool<Sqlite>) -> (usize, usize) {
    let all = u32::try_from(pool.0.limits.max_connections).unwrap();
    drop(pool.0.permits.acquire_many(all).await.unwrap());
    pool.size()
}

/// Gives a connection back as one that has nothing to hide.
fn finish(mut connection: Connection) {
    connection.finished();
}

async fn mark(connection: &mut SqliteConnection, mark: i64) {
    let table = "CREATE TABLE marks AS SELECT $1 AS mark";
    sqlx::query(table)
        .bind(mark)
        .execute(connection)
        .await
        .unwrap();
}

async fn marked(connection: &mut SqliteConnection) -> i64 {
    let mark = sqlx::query_scalar("SELECT mark FROM marks");
    mark.fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn a_connection_leads_where_it_should() {
    let pool = at_most(2);
    let places = [place(), place(), place()];
    let mut held = Vec::new();
    for (index, place) in (0..).zip(&places) {
        let mut connection = pool.acquire(place).await.unwrap();
        mark(&mut connection, index).await;
        drop(connection);
        // The place of a memory lasts as long as a connection to it.
        let alive = SqliteConnection::connect_with(place.options())
            .await
            .unwrap();
        held.push(alive);
        settled(&pool).await;
    }
    for round in 0..30_usize {
        let index = round * 7 % places.len();
        let mut connection = pool.acquire(&places[index]).await.unwrap();
        assert_eq!(usize::try_from(marked(&mut connection).await), Ok(index));
        if round % 2 == 0 {
            finish(connection);
        } else {
            drop(connection);
        }
        assert!(settled(&pool).await.0 <= 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn there_are_never_more_than_allowed_and_everybody_gets_one() {
    const MAX: usize = 3;
    let pool = at_most(3);
    let places: Vec<_> = (0..10).map(|_| place()).collect();
    let used = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..200_usize)
        .map(|task| {
            let (pool, place, used) = (
                pool.clone(),
                Arc::clone(&places[task * 7 % 10]),
                used.clone(),
            );
            tokio::spawn(async move {
                let mut connection = pool.acquire(&place).await.unwrap();
                assert!(used.fetch_add(1, Ordering::SeqCst) < MAX);
                assert!(pool.size().0 <= MAX);
                sqlx::query("SELECT 1")
                    .execute(&mut *connection)
                    .await
                    .unwrap();
                used.fetch_sub(1, Ordering::SeqCst);
                if task % 3 > 0 {
                    finish(connection);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(settled(&pool).await, (MAX, MAX));
}

#[tokio::test]
async fn nothing_is_held_before_the_first_use() {
    let pool = at_most(5);
    let _places = [place(), place()];
    assert_eq!(pool.size(), (0, 0));
}

#[tokio::test]
async fn whoever_gives_up_takes_nothing_along() {
    let pool = at_most(2);
    let places = [place(), place(), place()];
    for polls in 0..40_usize {
        let leading_elsewhere = polls % 3;
        let mut acquire = Box::pin(pool.acquire(&places[leading_elsewhere]));
        for _ in 0..polls / 3 {
            let mut task = Context::from_waker(Waker::noop());
            if let Poll::Ready(connection) = acquire.as_mut().poll(&mut task) {
                finish(connection.unwrap());
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(acquire);
        let (open, idle) = settled(&pool).await;
        assert_eq!((open, open <= 2), (idle, true), "after {polls} polls");
    }
}

#[tokio::test]
async fn the_one_that_was_not_used_for_longest_makes_room() {
    let pool = at_most(2);
    let [first, second, third] = [place(), place(), place()];
    for place in [&first, &second, &first, &third] {
        finish(pool.acquire(place).await.unwrap());
    }
    let state = pool.0.state();
    assert!([&first, &third].iter().all(|place| state.leads_to(place)));
    assert!(!state.leads_to(&second));
}

#[tokio::test]
async fn who_waits_too_long_is_told_so() {
    let pool = pool(
        PoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_millis(20)),
    );
    let here = place();
    let held = pool.acquire(&here).await.unwrap();
    let error = pool.acquire(&here).await.unwrap_err();
    assert!(matches!(error, sqlx::Error::PoolTimedOut), "{error:?}");
    drop(held);
    settled(&pool).await;
    pool.acquire(&here).await.unwrap();
}

#[tokio::test]
async fn who_cannot_connect_is_told_so_and_makes_room() {
    let pool = at_most(1);
    let nowhere = Place::new(
        "sqlite:/nowhere/at/all.db".parse().unwrap(),
        Check::Nothing,
        None,
    );
    for _ in 0..3 {
        pool.acquire(&nowhere).await.unwrap_err();
        assert_eq!(pool.size(), (0, 0));
    }
    pool.acquire(&place()).await.unwrap();
}

#[tokio::test]
async fn closing_waits_for_those_who_are_there_and_refuses_others() {
    let pool = at_most(2);
    let here = place();
    let held = pool.acquire(&here).await.unwrap();
    finish(pool.acquire(&here).await.unwrap());
    let closing = tokio::spawn({
        let pool = pool.clone();
        async move { pool.close().await }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!closing.is_finished());
    let refused = pool.acquire(&here).await.unwrap_err();
    assert!(matches!(refused, sqlx::Error::PoolClosed), "{refused:?}");
    drop(held);
    closing.await.unwrap();
    assert_eq!(pool.size(), (0, 0));
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

#[test]
fn without_a_runtime_a_connection_is_closed() {
    let runtime = runtime();
    let pool = at_most(1);
    let here = place();
    let held = runtime.block_on(pool.acquire(&here)).unwrap();
    drop(held);
    assert_eq!(pool.size(), (0, 0));
    runtime.block_on(pool.acquire(&here)).unwrap();
}

#[tokio::test]
async fn a_transaction_that_plain_sql_began_is_rolled_back() {
    let pool = at_most(1);
    let here = place();
    let mut connection = pool.acquire(&here).await.unwrap();
    mark(&mut connection, 1).await;
    let open = "BEGIN; UPDATE marks SET mark = 2";
    sqlx::raw_sql(open).execute(&mut *connection).await.unwrap();
    drop(connection);
    settled(&pool).await;
    let mut next = pool.acquire(&here).await.unwrap();
    assert_eq!(marked(&mut next).await, 1);
    sqlx::raw_sql("BEGIN").execute(&mut *next).await.unwrap();
}

#[tokio::test]
async fn a_transaction_that_the_database_ended_does_not_take_the_memory_along() {
    use sqlx_core::transaction::TransactionManager as _;
    type Manager = <Sqlite as sqlx::Database>::TransactionManager;

    let pool = at_most(1);
    let here = place();
    let mut connection = pool.acquire(&here).await.unwrap();
    mark(&mut connection, 1).await;
    Manager::begin(&mut connection, None).await.unwrap();
    // As a constraint with `ON CONFLICT ROLLBACK` does, or a trigger: the driver does not hear of it.
    sqlx::raw_sql("ROLLBACK")
        .execute(&mut *connection)
        .await
        .unwrap();
    drop(connection);
    // The memory lasts as long as its last connection.
    assert_eq!(settled(&pool).await, (1, 1));
    let mut next = pool.acquire(&here).await.unwrap();
    assert_eq!(marked(&mut next).await, 1);
}
