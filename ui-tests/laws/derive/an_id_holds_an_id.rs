//! An id type is made of one of the closed set of types.

#[derive(tenancy::Id)]
struct Shared(std::sync::Arc<std::sync::atomic::AtomicI64>);

fn main() {}
