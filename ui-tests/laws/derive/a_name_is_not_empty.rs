//! A table has a name, and so has a column.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, table = "")]
struct Invoice {
    id: Uuid,
    #[tenancy(column = "")]
    number: String,
}

fn main() {}
