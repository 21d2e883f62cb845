//! A mistake in one model is one message, whoever refers to it.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, tabel = "customers")]
struct Customer {
    id: Uuid,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(belongs_to = Customer)]
    customer_id: Uuid,
}

fn main() {}
