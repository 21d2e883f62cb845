//! A transaction that was committed is over.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};

async fn reuse(mut tenant: Tenant<'_, Organization>) -> tenancy::Result<()> {
    let tx = tenant.begin().await?;
    tx.commit().await?;
    User::query().count(&tx).await?;
    Ok(())
}

fn main() {}
