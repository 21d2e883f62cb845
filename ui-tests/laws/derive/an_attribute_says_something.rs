//! An attribute with nothing in it says nothing.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
#[tenancy()]
struct Task {
    id: Uuid,
    #[tenancy()]
    title: String,
}

#[derive(Debug, Clone, PartialEq, tenancy::Id)]
struct TaskId(#[tenancy(index)] i64);

#[derive(Debug, tenancy::SystemActor)]
enum System {
    #[tenancy(name = "billing")]
    Billing,
}

fn main() {}
