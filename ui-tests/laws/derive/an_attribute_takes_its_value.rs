//! An attribute with a value says which.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, table)]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
