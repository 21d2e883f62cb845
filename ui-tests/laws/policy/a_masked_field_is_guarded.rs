//! A field is masked for someone, and rules say for whom.

use tenancy::{Masked, TenantScoped};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Employee {
    id: Uuid,
    salary: Masked<i64>,
}

fn main() {}
