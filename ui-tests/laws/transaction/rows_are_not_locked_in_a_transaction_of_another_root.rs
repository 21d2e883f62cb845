//! Rows are locked in a transaction of their own tenant.

use tenancy::{TenantScoped, TenantTransaction};
use tenancy_ui_tests::{Shop, User};

async fn lock(tx: &TenantTransaction<'_, '_, Shop>) {
    let _ = User::query().for_update().fetch_all(tx).await;
}

fn main() {}
