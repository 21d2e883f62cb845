//! Isolation as a property: random programs of several tenants do what an oracle in plain Rust says,
//! no statement sees or touches a row of another tenant, and the rows of all other tenants stay as
//! they were.
//!
//! The data makes mistakes show: the same keys and the same values in several tenants, a table
//! whose foreign keys the database does not know, texts full of wildcards and quotes.
//!
//! A program that fails says its seed. `ISOLATION_SEED` replays it, `ISOLATION_PROGRAMS` says how
//! many programs to run on each database.
//!
//! Covers L1 (secondary paths), L3 (writes), L4 (find by id), L5 (bulk and sub-queries), L6
//! (ungrouped OR), L18 (uniqueness and foreign keys), L24 and L25 (which row is acted on) of what
//! went wrong elsewhere.

mod answer;
mod condition;
mod generate;
mod oracle;
mod postgres;
mod random;
mod report;
mod schema;
mod schemas;
mod schemas_with_column;
mod shadow;
mod sqlite;
mod statement;

use std::time::Instant;

use report::{report, seeds};

#[tokio::test]
async fn programs_on_sqlite() {
    let start = Instant::now();
    let counts = sqlite::run(seeds(12_000)).await;
    report("SQLite", &counts, start.elapsed());
}

#[tokio::test]
async fn programs_on_postgres() {
    let start = Instant::now();
    let counts = postgres::run(seeds(4_000)).await;
    report("PostgreSQL", &counts, start.elapsed());
}

#[tokio::test]
async fn programs_on_schemas() {
    let start = Instant::now();
    let counts = schemas::run(seeds(800)).await;
    report("schemas", &counts, start.elapsed());
}

#[tokio::test]
async fn programs_on_schemas_with_a_column() {
    let start = Instant::now();
    let counts = schemas_with_column::run(seeds(400)).await;
    report("schemas with a column", &counts, start.elapsed());
}
