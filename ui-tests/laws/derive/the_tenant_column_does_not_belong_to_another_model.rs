//! The tenant column refers to the root by itself.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, attribute = organization_id)]
struct Invoice {
    id: Uuid,
    #[tenancy(belongs_to = Organization)]
    organization_id: Uuid,
}

fn main() {}
