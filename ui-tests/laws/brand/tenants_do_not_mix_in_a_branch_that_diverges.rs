//! Two brands stay apart on a path that never comes back.

use tenancy::{Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn same<'t>(_: &Tenant<'t, Organization>, _: &Tenant<'t, Organization>) -> bool {
    true
}

fn mix(one: VerifiedTenant<Organization>, other: VerifiedTenant<Organization>) {
    tenancy::enter!(acme = one);
    if acme.id().is_nil() {
        tenancy::enter!(globex = other);
        while same(&acme, &globex) {}
        std::process::abort();
    }
}

fn main() {}
