//! A row that was read in one scope is not updated in another.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    one.scope(async |acme| {
        let user = User::query().fetch_one(&acme).await?;
        other
            .scope(async |globex| {
                User::update(&user)
                    .set(|u| u.email.to("new"))
                    .execute(&globex)
                    .await
            })
            .await
    })
    .await
}

fn main() {}
