//! Whether there is row-level security, and databases of tenants, holds for all models of a root.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, rls)]
struct Invoice {
    id: Uuid,
    number: i64,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, databases)]
struct Payment {
    id: Uuid,
    number: i64,
}

fn main() {}
