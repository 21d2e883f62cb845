//! A flag is there or not.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(generated = true)]
    paid: bool,
}

fn main() {}
