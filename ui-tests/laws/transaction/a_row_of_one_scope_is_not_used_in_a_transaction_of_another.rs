//! A transaction carries the brand of its scope.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    one.scope(async |acme| {
        let user = User::query().fetch_one(&acme).await?;
        other
            .scope(async |mut globex| {
                let tx = globex.begin().await?;
                User::destroy(&user).execute(&tx).await?;
                tx.commit().await
            })
            .await
    })
    .await
}

fn main() {}
