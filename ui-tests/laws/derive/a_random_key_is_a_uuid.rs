//! Only UUIDs are made up.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    #[tenancy(random)]
    id: i64,
    tenant_id: Uuid,
}

fn main() {}
