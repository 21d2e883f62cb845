//! The name of a table is text, and whether a model is global is a truth value.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, table = invoices)]
struct Invoice {
    id: Uuid,
    number: String,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, global = "yes")]
struct Currency {
    id: Uuid,
    name: String,
}

fn main() {}
