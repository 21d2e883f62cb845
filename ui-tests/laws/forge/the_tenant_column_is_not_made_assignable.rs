//! Nothing implements the trait that would let the tenant column be assigned.

use uuid::Uuid;

impl tenancy::expr::NeverTenant for Uuid {
    const SEALED: () = ();
}

fn main() {}
