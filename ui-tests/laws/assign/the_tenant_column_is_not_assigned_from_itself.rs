//! The tenant column is not even assigned its own value.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::User;

async fn update(user: Scoped<'_, User>) {
    let _ = User::update(&user).set(|u| u.tenant_id.to(u.tenant_id));
}

fn main() {}
