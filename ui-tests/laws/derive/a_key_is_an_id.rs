//! A key is of a type whose identity is not the user's code.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    #[tenancy(given)]
    id: bool,
    number: String,
}

fn main() {}
