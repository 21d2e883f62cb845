//! Leaving early does not let two brands meet.

use tenancy::{Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn same<'t>(_: &Tenant<'t, Organization>, _: &Tenant<'t, Organization>) -> bool {
    true
}

fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> u8 {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    if same(&acme, &globex) {
        return 1;
    }
    0
}

fn main() {}
