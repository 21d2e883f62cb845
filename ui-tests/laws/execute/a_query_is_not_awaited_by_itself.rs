//! A description runs nothing.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

async fn read() {
    let _ = User::query().await;
}

fn main() {}
