//! A transaction gives its token to look at, not to exchange.

use tenancy::{Tenant, TenantTransaction};
use tenancy_ui_tests::Organization;

fn exchange<'t>(
    tx: &mut TenantTransaction<'_, 't, Organization>,
    tenant: Tenant<'t, Organization>,
) {
    **tx = tenant;
}

fn main() {}
