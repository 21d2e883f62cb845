//! `excluded` is the proposed row of an upsert.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, table = "Excluded")]
struct Setting {
    id: Uuid,
}

fn main() {}
