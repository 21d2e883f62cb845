//! A task may outlive the entry: it gets the `VerifiedTenant` and enters by itself.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn spawn(one: VerifiedTenant<Organization>) {
    tenancy::enter!(acme = one);
    tokio::spawn(async move { User::query().count(&acme).await });
}

fn main() {}
