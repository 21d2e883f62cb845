//! A column is a reference, filled by the database, or a version: not two of them.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(belongs_to = User, generated)]
    owner_id: Uuid,
    #[tenancy(default, version)]
    version: i64,
}

fn main() {}
