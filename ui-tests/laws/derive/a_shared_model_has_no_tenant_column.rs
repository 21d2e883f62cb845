//! Rows that all tenants share name none of them.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, global = true)]
struct Currency {
    id: Uuid,
    tenant_id: Uuid,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, global = true, attribute = organization_id)]
struct Country {
    id: Uuid,
    organization_id: Uuid,
}

fn main() {}
