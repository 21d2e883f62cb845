//! What a table fills in is SQL, in a text.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(default = true)]
    paid: bool,
}

fn main() {}
