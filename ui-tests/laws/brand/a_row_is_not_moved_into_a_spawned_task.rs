//! A task may outlive the scope: a row is detached before it is moved there.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn spawn(db: Db<Sqlite>, one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    one.scope(&db, async |acme| {
        let user = User::query().fetch_one(&acme).await?;
        tokio::spawn(async move { println!("{}", user.email) });
        Ok(())
    })
    .await
}

fn main() {}
