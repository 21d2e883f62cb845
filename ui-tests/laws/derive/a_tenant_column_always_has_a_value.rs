//! A row without a tenant would be nobody's.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    tenant_id: Option<Uuid>,
}

fn main() {}
