//! A row without a key would be nobody.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Option<Uuid>,
    number: String,
}

fn main() {}
