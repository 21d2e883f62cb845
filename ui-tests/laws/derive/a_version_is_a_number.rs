//! A version counts.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(version)]
    version: String,
}

fn main() {}
