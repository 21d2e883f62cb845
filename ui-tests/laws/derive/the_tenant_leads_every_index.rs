//! What is unique is so in its tenant: the tenant column is part of it already.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, index(tenant_id, number))]
struct Invoice {
    id: Uuid,
    #[tenancy(index)]
    tenant_id: Uuid,
    number: String,
}

fn main() {}
