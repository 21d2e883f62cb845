//! While a savepoint is open, statements run in it.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};

async fn forget(mut tenant: Tenant<'_, Organization>) -> tenancy::Result<()> {
    let mut tx = tenant.begin().await?;
    let savepoint = tx.begin().await?;
    User::destroy_where(|u| u.age.gt(100)).execute(&tx).await?;
    savepoint.commit().await?;
    tx.commit().await
}

fn main() {}
