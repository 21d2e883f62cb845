//! A task may outlive the scope: a row is detached before it is moved there.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn spawn(one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    one.scope(async |acme| {
        let user = User::query().fetch_one(&acme).await?;
        tokio::spawn(async move { println!("{}", user.email) });
        Ok(())
    })
    .await
}

fn main() {}
