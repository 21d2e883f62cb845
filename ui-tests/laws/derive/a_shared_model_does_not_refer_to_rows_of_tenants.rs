//! Rows that all tenants share do not refer to a row of one of them.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, global = true)]
struct Currency {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    inventor_id: Uuid,
}

fn main() {}
