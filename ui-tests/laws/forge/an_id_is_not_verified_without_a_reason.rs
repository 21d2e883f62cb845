//! The door around verification takes a reason.

use tenancy::VerifiedTenant;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

fn forge(id: Uuid) -> VerifiedTenant<Organization> {
    VerifiedTenant::assume_verified(id)
}

fn main() {}
