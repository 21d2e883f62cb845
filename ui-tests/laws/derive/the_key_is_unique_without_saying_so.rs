//! A primary key needs no other key, and no index.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, unique(id, number))]
struct Invoice {
    #[tenancy(unique)]
    id: Uuid,
    number: String,
}

fn main() {}
