//! A row that all tenants share is not locked by one of them: the others would wait.

use tenancy::{TenantScoped, TenantTransaction};
use tenancy_ui_tests::{Organization, Plan};

async fn lock(tx: &TenantTransaction<'_, '_, Organization>) {
    let _ = Plan::query().for_update().fetch_all(tx).await;
    let _ = Plan::query().for_update().fetch_one(tx).await;
    let _ = Plan::query().for_update().fetch_optional(tx).await;
}

fn main() {}
