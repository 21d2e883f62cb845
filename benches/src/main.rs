//! What a statement costs with this library and written by hand, on the same database in the same
//! program. `scripts/bench` runs it and makes the tables of `docs/performance.md`.
//!
//! ```text
//! tenancy-benches versions                           of SQLite
//! tenancy-benches sqlite <side> <operation> <times>  allocations per operation
//! tenancy-benches postgres <operation> …             times, side by side
//! tenancy-benches schemas                            times of tables in schemas of many tenants
//! tenancy-benches databases                          times of databases of tenants
//! tenancy-benches rls                                times of tables with row-level security
//! ```
//!
//! The sides are `scoped` (this library) and two pools that the statements written by hand run on:
//! `default` (sqlx's, as `PoolOptions::new()` makes it) and `bare` (sqlx's, without the test of a connection
//! before it is used).

mod bench;
mod byhand;
mod count;
mod databases;
mod operation;
mod policied;
mod row_security;
mod sample;
mod schemas;
mod scoped;
mod text;
mod way;

use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
use tenancy::Db;
use uuid::Uuid;

use bench::Error;
use operation::{OPERATIONS, Operation, Plain, Policied, Side};

/// The most rows that a run deletes.
const SPARE: usize = 2_500;

fn main() -> Result<(), Error> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    // One thread, so that what is counted does not depend on how work is spread.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match arguments[..] {
        ["versions"] => runtime.block_on(versions()),
        ["sqlite", side, operation, times] => {
            let operation = OPERATIONS.iter().find(|(name, _)| *name == operation);
            let (_, operation) = operation.ok_or("no such operation")?;
            runtime.block_on(sqlite(side, *operation, times.parse()?))
        }
        ["postgres", ref wanted @ ..] => runtime.block_on(postgres(wanted)),
        ["databases"] => runtime.block_on(async { databases::run(fresh().await?.0).await }),
        ["rls"] => runtime.block_on(async { row_security::run(fresh().await?.0).await }),
        ["schemas"] => runtime.block_on(async { schemas::run(fresh().await?.0).await }),
        _ => Err("usage: see the top of benches/src/main.rs".into()),
    }
}

fn one<DB: sqlx::Database>() -> PoolOptions<DB> {
    PoolOptions::new().max_connections(1)
}

fn bare<DB: sqlx::Database>() -> PoolOptions<DB> {
    one().test_before_acquire(false)
}

async fn versions() -> Result<(), Error> {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&mut connection)
        .await?;
    println!("SQLite {version}");
    Ok(())
}

/// Runs an operation so many times and prints the allocations of one.
async fn sqlite(side: &str, operation: Operation, times: usize) -> Result<(), Error> {
    // In memory; clones of the options name the same database.
    let options: SqliteConnectOptions = "sqlite::memory:".parse()?;
    let db = Db::connect_with(
        tenancy::PoolOptions::new().max_connections(1),
        options.clone(),
    )
    .await?;
    let bench = bench::sqlite::Bench::new(&db).await?;
    let (side, pool) = match side {
        "scoped" => (Side::Scoped, one().connect_lazy_with(options)),
        "default" => (Side::ByHand, one().connect_with(options).await?),
        "bare" => (Side::ByHand, bare().connect_with(options).await?),
        _ => return Err("no such side".into()),
    };
    // Statements are prepared and cached the first time.
    bench.run(side, &pool, operation, 2, 2).await?;
    let taken = bench.run(side, &pool, operation, times, SPARE).await?;
    println!("{}", taken.allocations);
    Ok(())
}

/// How often each side has its turn: many short ones, so that what else the machine does falls on all.
const TURNS: usize = 100;

/// Prints the server's version; then, for each operation, the median time on each side, in
/// microseconds, and the medians of the ratios of neighbouring turns.
async fn postgres(wanted: &[&str]) -> Result<(), Error> {
    let (options, version) = fresh().await?;
    println!("PostgreSQL {version}");
    let db = Db::connect_with(
        tenancy::PoolOptions::new().max_connections(1),
        options.clone(),
    )
    .await?;
    let bench = bench::postgres::Bench::new(&db).await?;
    // Or plans would be those of a tiny table, and change when the server gets to it.
    sqlx::raw_sql(text::postgres::OTHERS)
        .execute(&mut *db.acquire().await?)
        .await?;
    let default = one().connect_with(options.clone()).await?;
    let bare = bare().connect_with(options).await?;
    let sides = [
        (Side::Scoped, &bare),
        (Side::ByHand, &default),
        (Side::ByHand, &bare),
    ];
    let wanted = OPERATIONS.iter().filter(|(name, _)| wanted.contains(name));
    for (name, operation) in wanted.copied() {
        let times = match operation {
            Operation::Plain(Plain::Bulk | Plain::Unnest) => 2,
            Operation::Plain(Plain::List) | Operation::Policied(Policied::List) => 10,
            _ => 20,
        };
        let mut taken = [const { Vec::new() }; 3];
        for turn in 0..=TURNS {
            for index in order(turn, sides.len()) {
                let (side, pool) = sides[index];
                bench.run(side, pool, operation, 1, 1).await?;
                let time = bench.run(side, pool, operation, times, times).await?.time;
                // The first turn prepares the statements.
                if turn > 0 {
                    taken[index].push(time.as_secs_f64() * 1e6 / times as f64);
                }
            }
        }
        let [scoped, by_hand @ ..] = taken;
        print!("{name} {:.1}", median(scoped.clone()));
        for pool in by_hand {
            let ratios = scoped.iter().zip(&pool).map(|(a, b)| a / b).collect();
            print!(" {:.1} {:.3}", median(pool), median(ratios));
        }
        println!();
    }
    Ok(())
}

/// In which order those that are compared have their turn.
///
/// They change places, and directions: none always comes after the same other, which may leave it the
/// connection and the caches.
fn order(turn: usize, len: usize) -> impl Iterator<Item = usize> {
    (0..len).map(move |offset| match turn % 2 {
        0 => (turn / 2 + offset) % len,
        _ => (turn / 2 + len - offset) % len,
    })
}

/// A new database, and the server's version.
async fn fresh() -> Result<(PgConnectOptions, String), Error> {
    let options: PgConnectOptions = std::env::var("DATABASE_URL")?.parse()?;
    let name = format!("bench_{}", Uuid::now_v7().simple());
    let mut server = PgConnection::connect_with(&options).await?;
    let version: String = sqlx::query_scalar("SHOW server_version")
        .fetch_one(&mut server)
        .await?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the name is made of a prefix and hexadecimal digits"
    )]
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    server.execute(sqlx::raw_sql(create)).await?;
    Ok((options.database(&name), version))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
