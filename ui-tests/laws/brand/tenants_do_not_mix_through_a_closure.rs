//! A closure that captured a token takes rows of that tenant.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let remove = |user| User::destroy(user).execute(&globex);
    let user = User::query().fetch_one(&acme).await?;
    remove(&user).await
}

fn main() {}
