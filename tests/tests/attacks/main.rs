//! Attacks on the second walls: row-level security and databases of tenants, by SQL that was injected through a
//! connection of the program, by settings that are not fit, and by what happens at the same time.
#![allow(dead_code, reason = "columns that no test looks at")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod broken;
mod cancelled;
mod dropped;
mod hybrid;
mod ids;
mod moves;
mod prepared;
mod roles;
mod secured;
mod signatures;
mod storages;
mod swapped;
