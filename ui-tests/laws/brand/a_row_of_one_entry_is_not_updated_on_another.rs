//! A row that was read on one token is not updated on another, also in the statement form.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let user = User::query().fetch_one(&acme).await?;
    User::update(&user)
        .set(|u| u.email.to("new"))
        .execute(&globex)
        .await
}

fn main() {}
