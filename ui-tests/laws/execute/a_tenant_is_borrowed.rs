//! A statement borrows the tenant; it does not consume it.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};

async fn read(tenant: Tenant<'_, Organization>) {
    let _ = User::query().fetch_all(tenant).await;
}

fn main() {}
