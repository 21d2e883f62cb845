//! A mistake in a model is one message, also where its rows are made.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, tabel = "customers")]
struct Customer {
    id: Uuid,
    name: String,
}

fn create() {
    let _ = Customer::create(NewCustomer {
        name: "Ann".to_owned(),
    });
}

fn main() {}
