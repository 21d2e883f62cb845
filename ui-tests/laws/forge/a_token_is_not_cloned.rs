//! There is one token for each entry; what another task needs is `tenant.verified()`.

use tenancy::Tenant;
use tenancy_ui_tests::Organization;

fn copy<'t>(tenant: &Tenant<'t, Organization>) -> Tenant<'t, Organization> {
    tenant.clone()
}

fn main() {}
