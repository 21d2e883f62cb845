//! A foreign key holds a key of the other model.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    owner_id: String,
    #[tenancy(belongs_to = User)]
    payer_id: Option<i64>,
}

fn main() {}
