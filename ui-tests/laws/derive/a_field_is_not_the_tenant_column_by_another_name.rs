//! A struct may leave out its tenant column; no other field stands for it then.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Invoice {
    id: Uuid,
    #[tenancy(column = "tenant_id")]
    elsewhere: Uuid,
}

fn main() {}
