//! A query has no default tenant.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

async fn read() {
    let _ = User::query().fetch_all().await;
}

fn main() {}
