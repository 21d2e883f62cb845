//! A verified tenant comes from a check, or through a door with a reason.

use tenancy::VerifiedTenant;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

fn forge(id: Uuid) -> VerifiedTenant<Organization> {
    VerifiedTenant { id }
}

fn main() {}
