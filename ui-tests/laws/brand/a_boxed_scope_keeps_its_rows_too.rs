//! The boxed form of a scope keeps its rows as the other one does.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn leave(db: Db<Sqlite>, one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    let user = one
        .scope_boxed(&db, |acme| {
            Box::pin(async move { User::query().fetch_one(&acme).await })
        })
        .await?;
    println!("{}", user.email);
    Ok(())
}

fn main() {}
