//! Where tenants have databases of their own, the root says so: then the handle knows where they are.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, strategy = database)]
struct Invoice {
    id: Uuid,
    number: i64,
}

fn main() {}
