//! A row has one version.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(version)]
    version: i64,
    #[tenancy(version)]
    revision: i64,
}

fn main() {}
