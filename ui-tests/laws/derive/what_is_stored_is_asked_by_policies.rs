//! That the database makes another value of a column matters to policies only.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Task {
    id: Uuid,
    #[tenancy(stored)]
    title: String,
}

fn main() {}
