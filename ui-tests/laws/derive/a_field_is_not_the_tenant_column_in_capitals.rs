//! Names that differ only in case are the same name on some databases.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(column = "TENANT_ID")]
    elsewhere: Uuid,
}

fn main() {}
