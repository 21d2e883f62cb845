//! A unique column needs no index besides.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(unique, index)]
    number: String,
}

fn main() {}
