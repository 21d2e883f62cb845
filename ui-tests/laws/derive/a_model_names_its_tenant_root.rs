//! Whose the rows of a model are is said.

use tenancy::TenantScoped;
use uuid::Uuid;

#[derive(TenantScoped)]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
