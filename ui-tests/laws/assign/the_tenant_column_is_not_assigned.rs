//! A row never moves to another tenant.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::User;
use uuid::Uuid;

async fn update(user: Scoped<'_, User>, elsewhere: Uuid) {
    let _ = User::update(&user).set(|u| u.tenant_id.to(elsewhere));
}

fn main() {}
