//! Guarded fields, on real databases: who may not see a value does not see it, and does not find it out.

#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::unwrap_used,
    reason = "models and functions of tests"
)]

mod attacks;
#[path = "../../cases/mod.rs"]
mod cases;
mod filter;
mod models;
mod plans;
mod random;
#[path = "../policies/reference.rs"]
mod reference;
mod sniffing;
mod types;
mod values;
mod written;
