//! The examples of `tenancy`: `cargo run --example quickstart`, and so on with `service`, `databases`
//! and `doctor`.
