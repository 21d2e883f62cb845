//! Nothing implements the trait that would let the tenant column be assigned.

struct Elsewhere;

impl tenancy::expr::NeverTenant for Elsewhere {
    const SEALED: () = ();
}

fn main() {}
