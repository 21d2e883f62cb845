//! A table has no type parameters.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice<T> {
    id: Uuid,
    data: T,
}

fn main() {}
