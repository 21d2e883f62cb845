//! A strategy that is planned says so.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, strategy = database)]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
