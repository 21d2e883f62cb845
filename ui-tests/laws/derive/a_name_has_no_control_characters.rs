//! Names go into SQL as they are, so control characters do not.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, table = "invoices\u{3}")]
struct Invoice {
    id: Uuid,
    #[tenancy(column = "number\n")]
    number: String,
}

fn main() {}
