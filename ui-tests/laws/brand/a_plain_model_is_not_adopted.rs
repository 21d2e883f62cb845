//! Only what was detached is adopted: anyone can fill in a struct.

use tenancy::{Scoped, Tenant};
use tenancy_ui_tests::{Organization, User};

fn forge<'t>(tenant: &Tenant<'t, Organization>, user: User) -> tenancy::Result<Scoped<'t, User>> {
    tenant.adopt(user)
}

fn main() {}
