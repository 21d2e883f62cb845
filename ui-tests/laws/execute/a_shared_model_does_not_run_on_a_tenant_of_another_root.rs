//! Rows that all organizations share are not a shop's.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Plan, Shop};

async fn read(shop: &Tenant<'_, Shop>) {
    let _ = Plan::query().fetch_all(shop).await;
}

fn main() {}
