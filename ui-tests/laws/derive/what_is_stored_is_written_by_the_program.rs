//! A column is `stored` if the program writes it and the database makes something else of it: not the key, and
//! not what the database fills anyway.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    #[tenancy(stored)]
    id: Uuid,
    #[tenancy(stored)]
    tenant_id: Uuid,
    #[tenancy(generated, stored)]
    total: i64,
    #[tenancy(version, stored)]
    version: i64,
}

fn main() {}
