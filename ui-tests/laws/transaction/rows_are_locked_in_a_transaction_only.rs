//! A lock lasts until a transaction ends, so it needs one.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};

async fn lock(tenant: &Tenant<'_, Organization>) {
    let _ = User::query().for_update().fetch_all(tenant).await;
}

fn main() {}
