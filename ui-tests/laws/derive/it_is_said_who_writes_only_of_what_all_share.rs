//! Who writes rows is a question of those that all tenants share, and `written_by_tenants` one answer of two.

use tenancy::{TenantRoot, TenantScoped};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, written_by_tenants)]
struct Letter {
    id: Uuid,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, global = true, policies, written_by_tenants)]
struct Person {
    id: Uuid,
}

#[derive(TenantRoot)]
#[tenancy(database = sqlx::Sqlite, written_by_tenants)]
struct Company {
    id: Uuid,
}

fn main() {}
