//! The rows of two roots are never the same tenant's.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, Product};
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(belongs_to = Product)]
    product_id: Uuid,
}

fn main() {}
