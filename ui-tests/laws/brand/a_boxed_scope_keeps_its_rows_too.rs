//! The boxed form of a scope keeps its rows as the other one does.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn leave(one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    let user = one
        .scope_boxed(|acme| {
            Box::pin(async move { User::query().fetch_one(&acme).await })
        })
        .await?;
    println!("{}", user.email);
    Ok(())
}

fn main() {}
