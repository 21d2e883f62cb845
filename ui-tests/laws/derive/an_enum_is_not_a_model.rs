//! A model has columns, and an enum has none.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
enum Invoice {
    Paid,
    Due,
}

fn main() {}
