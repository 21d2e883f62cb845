//! A row leaves a scope only detached, or as the plain model.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn leave(one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    let user = one
        .scope(async |acme| User::query().fetch_one(&acme).await)
        .await?;
    println!("{}", user.email);
    Ok(())
}

fn main() {}
