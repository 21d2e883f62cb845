//! No tenant counts as verified by default.

use tenancy::VerifiedTenant;
use tenancy_ui_tests::Organization;

fn forge() -> VerifiedTenant<Organization> {
    Default::default()
}

fn main() {}
