//! Lesson L28: a request that is cancelled leaves nothing behind on its connection, and a
//! transaction that is cancelled in the middle is still all or nothing.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod aborted;
mod bare_sqlx;
mod context;
mod decided;
mod operations;
mod polls;
mod probe;
mod proxy;
mod savepoints;
mod silence;
mod transactions;
