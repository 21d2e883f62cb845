//! A stream reads on the connection of its transaction.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};

async fn read(mut tenant: Tenant<'_, Organization>) -> tenancy::Result<()> {
    let tx = tenant.begin().await?;
    let rows = User::query().fetch(&tx);
    tx.commit().await?;
    drop(rows);
    Ok(())
}

fn main() {}
