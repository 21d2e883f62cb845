//! The tenant column is set from the token.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(default)]
    tenant_id: Uuid,
    number: String,
}

fn main() {}
