//! A channel carries rows of one tenant.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    db: Db<Sqlite>,
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    let (sender, receiver) = std::sync::mpsc::channel();
    one.scope(&db, async |acme| {
        let _ = sender.send(User::query().fetch_one(&acme).await?);
        Ok::<_, tenancy::Error>(())
    })
    .await?;
    other
        .scope(&db, async |globex| {
            let user = receiver.recv().expect("a row");
            User::destroy(&user).execute(&globex).await
        })
        .await
}

fn main() {}
