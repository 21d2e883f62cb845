//! A token detaches rows of its own tenant.

use tenancy::{Detached, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<Detached<User>> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let user = User::query().fetch_one(&acme).await?;
    Ok(globex.detach(user))
}

fn main() {}
