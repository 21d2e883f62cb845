//! A transaction ends after the savepoints in it.

use tenancy::Tenant;
use tenancy_ui_tests::Organization;

async fn early(mut tenant: Tenant<'_, Organization>) -> tenancy::Result<()> {
    let mut tx = tenant.begin().await?;
    let savepoint = tx.begin().await?;
    tx.commit().await?;
    savepoint.commit().await
}

fn main() {}
