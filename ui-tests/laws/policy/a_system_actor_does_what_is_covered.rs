//! What no rule covers for a system actor does not compile either.

use tenancy::{Tenant, TenantScoped as _};
use tenancy_ui_tests::{Letter, Organization};

#[derive(Debug, tenancy::SystemActor)]
struct Cron;

async fn f(acme: Tenant<'_, Organization>) {
    let acme = acme.as_system(Cron, "nightly");
    let _ = Letter::query().fetch_all(&acme).await;
}

fn main() {}
