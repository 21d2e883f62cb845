//! The order of two entries makes no difference.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let user = User::query().fetch_one(&globex).await?;
    User::update(&user)
        .set(|u| u.email.to("new"))
        .execute(&acme)
        .await
}

fn main() {}
