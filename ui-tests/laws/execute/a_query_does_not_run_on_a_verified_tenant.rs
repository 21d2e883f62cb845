//! A verified tenant is entered before a query runs on it.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn read(tenant: &VerifiedTenant<Organization>) {
    let _ = User::query().fetch_all(tenant).await;
}

fn main() {}
