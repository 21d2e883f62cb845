//! What says whose the rows of a model are has no place on a root.

use tenancy::TenantRoot;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantRoot)]
#[tenancy(root = Organization, strategy = attribute, attribute = tenant_id, global = true)]
struct Company {
    id: Uuid,
}

fn main() {}
