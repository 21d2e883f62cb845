//! Features in pairs: each of them on each strategy, with and without row-level security.
//!
//! What is decided about a pair stands in `docs/pairs.md`: a cell that says `works` is a test here, and one that does
//! not compile names the law.
//!
//! Covers what went wrong where features that were tested one by one met (L17).
#![allow(dead_code, reason = "columns that no test looks at")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[macro_use]
mod parts;
#[macro_use]
mod probe;
#[macro_use]
mod ground;
#[macro_use]
mod suite;
#[macro_use]
mod hybrid;
#[macro_use]
mod together;
mod places;
mod table;

macro_rules! on_each {
    ($($name:ident: $database:ident $column:literal $kind:ident $wall:ident $root:tt $strategy:tt;)*) => {
        $( suite! { $name, $database, $kind, $wall, $root, $strategy } )*

        /// The suites: the database, the strategy and the wall that they are about, and what is tested in them.
        const SUITES: &[(&str, &str, &str, fn() -> Vec<&'static str>)] = &[
            $( (stringify!($database), $column, stringify!($wall), $name::names), )*
        ];
    };
}

on_each! {
    attribute: Postgres "attribute" shared plain [] [];
    attribute_rls: Postgres "attribute" shared rls [, rls] [];
    attribute_signed: Postgres "attribute" shared signed [, rls] [];
    schema: Postgres "schema" schema plain [, schemas] [, strategy = schema];
    schema_rls: Postgres "schema" schema rls [, rls, schemas] [, strategy = schema];
    schema_signed: Postgres "schema" schema signed [, rls, schemas] [, strategy = schema];
    schema_column: Postgres "schema, column" schema plain [, schemas] [, strategy = schema, attribute = tenant_id];
    schema_column_rls: Postgres "schema, column" schema rls [, rls, schemas] [, strategy = schema, attribute = tenant_id];
    schema_column_signed: Postgres "schema, column" schema signed [, rls, schemas]
        [, strategy = schema, attribute = tenant_id];
    database: Postgres "database" database plain [, databases] [, strategy = database];
    database_rls: Postgres "database" database rls [, databases, rls] [, strategy = database];
    database_signed: Postgres "database" database signed [, databases, rls] [, strategy = database];
    database_column: Postgres "database, column" database plain [, databases]
        [, strategy = database, attribute = tenant_id];
    database_column_rls: Postgres "database, column" database rls [, databases, rls]
        [, strategy = database, attribute = tenant_id];
    database_column_signed: Postgres "database, column" database signed [, databases, rls]
        [, strategy = database, attribute = tenant_id];
    sqlite_attribute: Sqlite "attribute" shared plain [] [];
    sqlite_database: Sqlite "database" database plain [, databases] [, strategy = database];
    sqlite_database_column: Sqlite "database, column" database plain [, databases]
        [, strategy = database, attribute = tenant_id];
}

macro_rules! hybrid_on_each {
    ($($name:ident: $wall:ident $root:tt;)*) => {
        $( hybrid! { $name, $wall, $root } )*

        /// Schemas and databases under one root: the wall, and what is tested.
        const HYBRIDS: &[(&str, fn() -> Vec<&'static str>)] = &[
            $( (stringify!($wall), $name::names), )*
        ];
    };
}

hybrid_on_each! {
    hybrid_plain: plain [databases, schemas];
    hybrid_rls: rls [databases, schemas, rls];
    hybrid_signed: signed [databases, schemas, rls];
}

macro_rules! together_on_each {
    ($($name:ident: $database:ident $kind:ident $wall:ident $root:tt $strategy:tt;)*) => {
        $( together! { $name, $database, $kind, $wall, $root, $strategy } )*

        /// Features with each other: what is tested in each place.
        const TOGETHER: &[fn() -> Vec<&'static str>] = &[$($name::names),*];
    };
}

together_on_each! {
    together_plain: Postgres shared plain [] [];
    together_signed: Postgres shared signed [, rls] [];
    together_in_schemas: Postgres schema rls [, rls, schemas] [, strategy = schema];
    together_in_databases: Postgres database rls [, databases, rls] [, strategy = database];
    together_on_sqlite: Sqlite shared plain [] [];
    together_in_files: Sqlite database plain [, databases] [, strategy = database];
}
