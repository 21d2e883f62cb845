//! Nobody is no one that a policy speaks of.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Letter, Organization};

async fn read(tenant: &Tenant<'_, Organization>) {
    let _ = Letter::query().fetch_all(tenant).await;
}

fn main() {}
