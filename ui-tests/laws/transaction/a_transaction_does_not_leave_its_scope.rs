//! A transaction stays in its scope.

use sqlx::Sqlite;
use tenancy::{Db, VerifiedTenant};
use tenancy_ui_tests::Organization;

async fn leave(db: Db<Sqlite>, one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    let tx = one.scope(&db, async |mut acme| acme.begin().await).await?;
    tx.commit().await
}

fn main() {}
