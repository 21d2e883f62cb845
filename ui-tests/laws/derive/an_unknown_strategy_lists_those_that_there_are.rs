//! A typing mistake in a strategy shows the strategies that there are.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, strategy = atribute)]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
