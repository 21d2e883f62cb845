//! Indexes and unique keys name fields of the struct, each once.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, index(nummer), unique(number, number), index())]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
