//! An id type is a newtype.

use uuid::Uuid;

#[derive(tenancy::Id)]
struct Named {
    id: Uuid,
}

#[derive(tenancy::Id)]
struct Two(Uuid, Uuid);

#[derive(tenancy::Id)]
enum Choice {
    One(Uuid),
}

fn main() {}
