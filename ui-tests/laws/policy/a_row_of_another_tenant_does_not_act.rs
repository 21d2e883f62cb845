//! An actor is a row of the tenant.

use tenancy::{Scoped, Tenant};
use tenancy_ui_tests::{Organization, User};

fn act<'s, 't>(tenant: Tenant<'t, Organization>, user: Scoped<'s, User>) {
    let _ = tenant.acting_as(user);
}

fn main() {}
