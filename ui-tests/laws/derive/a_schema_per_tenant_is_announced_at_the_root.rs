//! Where tenants have schemas of their own, the root says so: then its rows have the marks that schemas carry.

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
