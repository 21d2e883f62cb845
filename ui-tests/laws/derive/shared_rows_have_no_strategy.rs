//! Nothing keeps tenants apart in rows that they share.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, global = true, strategy = attribute)]
struct Plan {
    id: Uuid,
    name: String,
}

fn main() {}
