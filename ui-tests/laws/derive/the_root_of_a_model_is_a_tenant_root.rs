//! The rows of a model belong to a root, not to another model.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = User)]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
