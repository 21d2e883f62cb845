//! A tenant has many rows.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, key = tenant_id)]
struct Settings {
    tenant_id: Uuid,
    theme: String,
}

fn main() {}
