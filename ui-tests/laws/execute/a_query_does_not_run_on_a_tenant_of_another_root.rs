//! The tenants of another root have no rows of this model.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Shop, User};

async fn read(shop: &Tenant<'_, Shop>) {
    let _ = User::query().fetch_all(shop).await;
}

fn main() {}
