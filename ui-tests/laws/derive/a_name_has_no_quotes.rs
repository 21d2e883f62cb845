//! Names go into SQL between quotes, so they have none.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, table = "invoices\" WHERE TRUE OR \"a")]
struct Invoice {
    id: Uuid,
    #[tenancy(column = "number\" = \"number")]
    number: String,
}

fn main() {}
