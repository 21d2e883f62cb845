//! A static outlives every entry.

use tenancy::{Scoped, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

static LAST: std::sync::Mutex<Option<Scoped<'static, User>>> = std::sync::Mutex::new(None);

async fn keep(one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    *LAST.lock().unwrap() = Some(User::query().fetch_one(&acme).await?);
    Ok(())
}

fn main() {}
