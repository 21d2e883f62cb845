//! A token that is leaked lives forever; its brand does not become `'static`.

use tenancy::{Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn keep(
    one: VerifiedTenant<Organization>,
) -> &'static Tenant<'static, Organization> {
    tenancy::enter!(acme = one);
    Box::leak(Box::new(acme))
}

fn main() {}
