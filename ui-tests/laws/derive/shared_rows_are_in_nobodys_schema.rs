//! What all tenants share is not in the schema of one of them.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, strategy = schema, global = true)]
struct Plan {
    id: Uuid,
    name: String,
}

fn main() {}
