//! A tuple of assignments does not hide the tenant column.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::User;
use uuid::Uuid;

async fn update(user: Scoped<'_, User>, elsewhere: Uuid) {
    let _ = User::update(&user).set(|u| (u.age.to(1), u.tenant_id.to(elsewhere)));
}

fn main() {}
