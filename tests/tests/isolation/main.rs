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
mod postgres_databases;
mod random;
mod report;
mod rls;
mod schema;
mod schemas;
mod schemas_rls;
mod schemas_with_column;
mod schemas_with_column_rls;
mod shadow;
mod sqlite;
mod sqlite_databases;
mod statement;

use std::time::Instant;

use report::{report, seeds};
use tenancy_tests as tests;

/// Programs on a database, so many unless the environment says otherwise.
macro_rules! programs {
    ($($name:ident: $number:literal $driver:ident on $database:expr, $called:literal;)*) => {$(
        #[tokio::test]
        async fn $name() {
            let start = Instant::now();
            let counts = $driver::run(&$database.await, seeds($number)).await;
            report($called, &counts, start.elapsed());
        }
    )*};
}

programs! {
    on_sqlite: 12_000 sqlite on tests::sqlite::database(), "SQLite";
    on_sqlite_databases: 1_000 sqlite_databases on tests::sqlite_databases::database(), "SQLite, databases";
    on_postgres: 4_000 postgres on tests::postgres::database(), "PostgreSQL";
    on_schemas: 800 schemas on tests::schemas::database(), "schemas";
    on_schemas_with_a_column: 400 schemas_with_column on tests::schemas_with_column::database(),
        "schemas with a column";
    on_postgres_databases: 200 postgres_databases on tests::postgres_databases::database(),
        "PostgreSQL, databases";
    with_rls: 800 rls on tests::with_rls::database(), "row-level security";
    with_signed_rls: 200 rls on tests::with_rls::signed(), "signed row-level security";
    on_schemas_with_rls: 300 schemas_rls on tests::schemas_with_rls::database(), "schemas, row-level security";
    on_schemas_with_signed_rls: 100 schemas_rls on tests::schemas_with_rls::signed(),
        "schemas, signed row-level security";
    on_schemas_with_a_column_and_rls: 200 schemas_with_column_rls
        on tests::schemas_with_column_and_rls::database(), "schemas with a column, row-level security";
    on_schemas_with_a_column_and_signed_rls: 100 schemas_with_column_rls
        on tests::schemas_with_column_and_rls::signed(), "schemas with a column, signed row-level security";
    on_schemas_with_rls_through_pgbouncer: 100 schemas_rls on tests::schemas_with_rls::through_pgbouncer(),
        "schemas, row-level security and PgBouncer";
    through_pgbouncer: 400 postgres on tests::postgres::through_pgbouncer(), "PgBouncer";
    with_rls_through_pgbouncer: 200 rls on tests::with_rls::through_pgbouncer(),
        "row-level security and PgBouncer";
}
