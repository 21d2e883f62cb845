//! A token is not replaced by that of another tenant.

use tenancy::{VerifiedTenant};
use tenancy_ui_tests::Organization;

fn swap(one: VerifiedTenant<Organization>, other: VerifiedTenant<Organization>) {
    tenancy::enter!(mut acme = one);
    tenancy::enter!(mut globex = other);
    std::mem::swap(&mut acme, &mut globex);
}

fn main() {}
