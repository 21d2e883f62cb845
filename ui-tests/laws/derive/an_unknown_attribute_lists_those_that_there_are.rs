//! A typing mistake in an attribute shows the attributes that there are, on a struct and on a field.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, tabel = "invoices")]
struct Invoice {
    id: Uuid,
    #[tenancy(defualt)]
    number: String,
}

fn main() {}
