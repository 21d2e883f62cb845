//! What all tenants share is not in the database of one of them.

use tenancy::TenantScoped;
use tenancy_ui_tests::Company;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Company, strategy = database, global = true)]
struct Plan {
    id: Uuid,
    name: String,
}

fn main() {}
