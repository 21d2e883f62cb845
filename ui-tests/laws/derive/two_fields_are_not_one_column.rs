//! Every field is a column of its own; above all, none is the tenant column by another name.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    tenant_id: Uuid,
    #[tenancy(column = "tenant_id")]
    elsewhere: Uuid,
}

fn main() {}
