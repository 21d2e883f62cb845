//! A type that does not exist is one mistake, wherever it would have been used.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(belongs_to = Customer)]
    customer_id: Uuid,
    total: Money,
}

fn main() {}
