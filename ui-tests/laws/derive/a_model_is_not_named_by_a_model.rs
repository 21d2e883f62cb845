//! The attribute `model` is for sets of changes.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, model = User)]
struct Invoice {
    id: Uuid,
}

fn main() {}
