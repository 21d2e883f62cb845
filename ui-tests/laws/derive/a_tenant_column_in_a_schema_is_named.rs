//! A table in the schema of a tenant has no tenant column, unless the model says that it has.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, strategy = schema)]
struct Invoice {
    id: Uuid,
    tenant_id: Uuid,
    number: i64,
}

fn main() {}
