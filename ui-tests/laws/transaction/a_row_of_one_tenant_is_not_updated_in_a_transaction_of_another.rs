//! A transaction carries the brand of its tenant.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(mut globex = other);
    let user = User::query().fetch_one(&acme).await?;
    let tx = globex.begin().await?;
    User::destroy(&user).execute(&tx).await?;
    tx.commit().await
}

fn main() {}
