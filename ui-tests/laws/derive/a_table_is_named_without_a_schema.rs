//! The name of a table is one name: with a dot it would be that of a table that nobody has.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, table = "crm.users")]
struct Contact {
    id: Uuid,
}

fn main() {}
