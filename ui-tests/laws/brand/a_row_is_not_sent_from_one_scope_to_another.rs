//! A channel carries rows of one tenant.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    let (sender, receiver) = std::sync::mpsc::channel();
    one.scope(async |acme| {
        let _ = sender.send(User::query().fetch_one(&acme).await?);
        Ok::<_, tenancy::Error>(())
    })
    .await?;
    other
        .scope(async |globex| {
            let user = receiver.recv().expect("a row");
            User::destroy(&user).execute(&globex).await
        })
        .await
}

fn main() {}
