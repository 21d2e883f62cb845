//! Every row can be told apart from the others.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    number: String,
}

fn main() {}
