//! Without policies nobody could say who sees a field.

use tenancy::{Masked, TenantScoped};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Employee {
    id: Uuid,
    #[tenancy(guarded)]
    salary: Masked<i64>,
}

fn main() {}
