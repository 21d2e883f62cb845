//! Two brands stay apart in a function that never returns.

use tenancy::{Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn same<'t>(_: &Tenant<'t, Organization>, _: &Tenant<'t, Organization>) {}

fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> ! {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    same(&acme, &globex);
    loop {}
}

fn main() {}
