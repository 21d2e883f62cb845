//! What a statement costs with this library and written by hand, on the same database in the same
//! program. `scripts/bench` runs it and makes the tables of `docs/performance.md`.
//!
//! ```text
//! tenancy-benches sqlite scoped|by-hand|default <operation> <times>    allocations per operation
//! tenancy-benches postgres                                             times, side by side
//! ```

mod bench;
mod byhand;
mod count;
mod sample;
mod scoped;
mod text;

use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tenancy::Db;
use uuid::Uuid;

use bench::{Error, OPERATIONS, Operation, Side};

/// The most rows that a run deletes.
const SPARE: usize = 1_000;

fn main() -> Result<(), Error> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    // One thread, so that what is counted does not depend on how work is spread.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match arguments[..] {
        ["sqlite", side, operation, times] => {
            let operation = OPERATIONS.iter().find(|(name, _)| *name == operation);
            let (_, operation) = operation.ok_or("no such operation")?;
            runtime.block_on(sqlite(side, *operation, times.parse()?))
        }
        ["postgres"] => runtime.block_on(postgres()),
        _ => Err("usage: see the top of benches/src/main.rs".into()),
    }
}

fn one<DB: sqlx::Database>() -> PoolOptions<DB> {
    PoolOptions::new().max_connections(1)
}

/// Runs an operation so many times and prints the allocations of one.
async fn sqlite(side: &str, operation: Operation, times: usize) -> Result<(), Error> {
    // In memory; clones of the options name the same database.
    let options: SqliteConnectOptions = "sqlite::memory:".parse()?;
    let db = Db::connect_with(one(), options.clone()).await?;
    let bench = bench::sqlite::Bench::new(db).await?;
    let (side, pool) = match side {
        "scoped" => (Side::Scoped, bench.pool().clone()),
        "by-hand" => (Side::ByHand, bench.pool().clone()),
        "default" => (Side::ByHand, one().connect_with(options).await?),
        _ => return Err("no such side".into()),
    };
    // Statements are prepared and cached the first time.
    bench.run(side, &pool, operation, 2, 2).await?;
    let taken = bench.run(side, &pool, operation, times, SPARE).await?;
    println!("{}", taken.allocations);
    Ok(())
}

/// How often each side has its turn.
const TURNS: usize = 41;

/// Prints the median time of each operation on each side, in microseconds, and the median of the
/// ratios of neighbouring turns.
async fn postgres() -> Result<(), Error> {
    let options: PgConnectOptions = std::env::var("DATABASE_URL")?.parse()?;
    let name = format!("bench_{}", Uuid::now_v7().simple());
    let mut server = PgConnection::connect_with(&options).await?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the name is made of a prefix and hexadecimal digits"
    )]
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    server.execute(sqlx::raw_sql(create)).await?;
    let options = options.database(&name);
    let db = Db::connect_with(one(), options.clone()).await?;
    let bench = bench::postgres::Bench::new(db).await?;
    let default = one().connect_with(options).await?;
    for (name, operation) in OPERATIONS {
        let times = match operation {
            Operation::Bulk => 5,
            Operation::List => 40,
            _ => 100,
        };
        let mut sides = [Vec::new(), Vec::new(), Vec::new()];
        for turn in 0..=TURNS {
            // The sides change places, so that neither always comes after the other.
            let mut order = [0, 1, 2];
            order.rotate_left(turn % 3);
            for index in order {
                let (side, pool) = match index {
                    0 => (Side::Scoped, bench.pool()),
                    1 => (Side::ByHand, bench.pool()),
                    _ => (Side::ByHand, &default),
                };
                let taken = bench.run(side, pool, operation, times, times).await?;
                sides[index].push(taken.time.as_secs_f64() * 1e6 / times as f64);
            }
        }
        let [scoped, by_hand, default] = sides.map(|mut times| {
            // The first turn prepared the statements.
            times.remove(0);
            times
        });
        let ratio = scoped.iter().zip(&by_hand).map(|(a, b)| a / b).collect();
        println!(
            "{name} {:.1} {:.1} {:.1} {:.3}",
            median(scoped),
            median(by_hand),
            median(default),
            median(ratio),
        );
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
