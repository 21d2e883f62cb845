//! A transaction borrows the token that it was begun on.

use tenancy::{Tenant, TenantTransaction};
use tenancy_ui_tests::Organization;

async fn leave<'p, 't>(
    mut tenant: Tenant<'t, Organization>,
) -> tenancy::Result<TenantTransaction<'p, 't, Organization>> {
    tenant.begin().await
}

fn main() {}
