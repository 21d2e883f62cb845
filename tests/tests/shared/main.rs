//! Rows that reach beyond one tenant, or beyond one model: what all tenants share, and what goes along with a row that
//! is removed.

#![allow(missing_docs, unreachable_pub, dead_code, reason = "models of tests")]

mod cascades;
mod circles;
mod rules;
