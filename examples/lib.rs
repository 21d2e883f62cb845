//! The examples of `tenancy`: `cargo run --example quickstart`, `cargo run --example service`.
