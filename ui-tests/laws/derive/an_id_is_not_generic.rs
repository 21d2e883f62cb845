//! An id type has no parameters.

use uuid::Uuid;

#[derive(tenancy::Id)]
struct Typed<T>(Uuid, std::marker::PhantomData<T>);

fn main() {}
