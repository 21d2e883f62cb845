//! Where a key comes from is said at the key.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(random)]
    number: Uuid,
    #[tenancy(given)]
    code: String,
}

fn main() {}
