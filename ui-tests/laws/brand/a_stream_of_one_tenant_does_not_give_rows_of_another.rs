//! A stream knows whose rows it gives.

use tenancy::{Tenant, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

fn same<'e, 't>(_: tenancy::execute::Rows<'e, 't, User>, _: &Tenant<'t, Organization>) {}

fn mix(one: VerifiedTenant<Organization>, other: VerifiedTenant<Organization>) {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    same(User::query().fetch(&acme), &globex);
}

fn main() {}
