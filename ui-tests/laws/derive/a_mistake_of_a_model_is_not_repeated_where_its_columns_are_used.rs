//! A mistake in a model is one message, also where its columns are used.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, tabel = "customers")]
struct Customer {
    id: Uuid,
    name: String,
    #[tenancy(belongs_to = User)]
    contact_id: Uuid,
}

fn read<'t>(contact: Scoped<'t, User>, customer: Scoped<'t, Customer>) {
    let _ = Customer::query().filter(|c| c.name.eq("Ann"));
    let _ = Customer::update(&customer).set(|c| c.contact_id.to(&contact));
}

fn main() {}
