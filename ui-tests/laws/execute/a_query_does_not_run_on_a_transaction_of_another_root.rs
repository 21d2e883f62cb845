//! The transaction of another root's tenant has no rows of this model.

use tenancy::{TenantScoped, TenantTransaction};
use tenancy_ui_tests::{Shop, User};

async fn read(shop: &TenantTransaction<'_, '_, Shop>) {
    let _ = User::query().fetch_all(shop).await;
}

fn main() {}
