//! Two values for one attribute contradict each other.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, table = "bills")]
#[tenancy(table = "invoices")]
struct Invoice {
    id: Uuid,
    #[tenancy(default, default)]
    number: String,
}

fn main() {}
