//! What one naturally writes with `async` compiles, is `Send`, and does what it says.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod loops;
mod services;
mod shapes;
mod spawned;
mod transactions;
mod web;

/// Compiles only for what may move between threads.
fn send<T: Send>(value: T) -> T {
    value
}
