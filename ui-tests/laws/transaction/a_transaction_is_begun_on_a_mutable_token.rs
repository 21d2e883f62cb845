//! Beginning a transaction takes the token for itself.

use tenancy::Tenant;
use tenancy_ui_tests::Organization;

async fn begin(tenant: &Tenant<'_, Organization>) -> tenancy::Result<()> {
    tenant.begin().await?.commit().await
}

fn main() {}
