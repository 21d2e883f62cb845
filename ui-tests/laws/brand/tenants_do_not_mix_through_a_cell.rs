//! A cell that both tenants can reach holds rows of one of them.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    let shared = std::sync::Mutex::new(None);
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let user = User::query().fetch_one(&acme).await?;
    *shared.lock().unwrap() = Some(user);
    let user = shared.lock().unwrap().take().expect("a row");
    User::destroy(&user).execute(&globex).await
}

fn main() {}
