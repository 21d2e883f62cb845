//! A token has one transaction at a time.

use tenancy::Tenant;
use tenancy_ui_tests::Organization;

async fn twice(mut tenant: Tenant<'_, Organization>) -> tenancy::Result<()> {
    let first = tenant.begin().await?;
    let second = tenant.begin().await?;
    first.commit().await?;
    second.commit().await
}

fn main() {}
