//! A transaction is begun on a token.

use tenancy::{Tenant, TenantTransaction};
use tenancy_ui_tests::Organization;

fn forge<'p, 't>(
    parent: &'p mut Tenant<'t, Organization>,
    tenant: Tenant<'t, Organization>,
) -> TenantTransaction<'p, 't, Organization> {
    TenantTransaction {
        token: tenant,
        parent,
        open: true,
    }
}

fn main() {}
