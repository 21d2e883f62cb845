//! A row that was read on one token is not destroyed on another.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let user = User::query().fetch_one(&acme).await?;
    User::destroy(&user).execute(&globex).await
}

fn main() {}
