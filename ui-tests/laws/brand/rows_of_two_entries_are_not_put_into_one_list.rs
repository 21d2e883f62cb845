//! A list holds rows of one tenant.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let mut users = User::query().fetch_all(&acme).await?;
    users.extend(User::query().fetch_all(&globex).await?);
    Ok(())
}

fn main() {}
