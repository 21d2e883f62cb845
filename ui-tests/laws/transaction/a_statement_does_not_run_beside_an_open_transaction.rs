//! While a transaction is open, statements run in it.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};

async fn forget(mut tenant: Tenant<'_, Organization>) -> tenancy::Result<()> {
    let tx = tenant.begin().await?;
    User::destroy_where(|u| u.age.gt(100))
        .execute(&tenant)
        .await?;
    tx.commit().await
}

fn main() {}
