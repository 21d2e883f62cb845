//! The name of a tenant proves nothing.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

async fn read() {
    let _ = User::query().fetch_all("acme").await;
}

fn main() {}
