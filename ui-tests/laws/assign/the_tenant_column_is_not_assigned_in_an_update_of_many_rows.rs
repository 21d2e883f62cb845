//! Rows never move to another tenant.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;
use uuid::Uuid;

async fn update(elsewhere: Uuid) {
    let _ = User::update_where(|u| u.age.gt(1)).set(|u| u.tenant_id.to(elsewhere));
}

fn main() {}
