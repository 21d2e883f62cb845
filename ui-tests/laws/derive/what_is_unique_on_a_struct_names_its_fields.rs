//! On a struct `unique` says of which fields.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, unique)]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
