//! A row leaves a scope only detached, or as the plain model.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn leave(db: Db<Sqlite>, one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    let user = one
        .scope(&db, async |acme| User::query().fetch_one(&acme).await)
        .await?;
    println!("{}", user.email);
    Ok(())
}

fn main() {}
