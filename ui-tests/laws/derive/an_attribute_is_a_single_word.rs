//! An attribute is a word, not a path.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, strategy::attribute)]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
