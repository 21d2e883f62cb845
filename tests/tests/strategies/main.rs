//! What is particular to a strategy: databases of tenants, row-level security, and poolers that give each
//! transaction another connection.
//!
//! That rows are kept apart on each of them, random programs show (`tests/tests/isolation`); here is what
//! surrounds that: where connections lead, what a role may do, and what is left behind.
//!
//! Covers L7 (settings left behind), L8 (transaction poolers), L17 (roles that row-level security does not
//! hold for), L21 (one ceiling of connections) and L28 (cancelled requests) of what went wrong elsewhere.
#![allow(dead_code, reason = "columns that no test looks at")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod busy;
mod ceiling;
mod empty_ids;
mod given_up;
mod held_up;
mod home;
mod hybrid;
mod identity;
mod in_use;
mod learning;
mod left_behind;
mod lingering;
mod lookup;
mod patience;
mod pooler;
#[path = "../cancellation/proxy.rs"]
mod proxy;
mod rls;
mod roles;
mod round_trips;
mod schemas;
mod secured_schemas;
mod signed;
mod silent;
mod storage;
mod tables;
