//! SQLite has no schemas, so tenants cannot have one each.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, strategy = schema)]
struct Invoice {
    id: Uuid,
    number: i64,
}

fn main() {}
