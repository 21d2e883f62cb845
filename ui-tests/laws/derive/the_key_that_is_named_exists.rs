//! A key that is named is a field.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, key = nummer)]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
