//! A token stays in its scope.

use sqlx::Sqlite;
use tenancy::{Db, VerifiedTenant};
use tenancy_ui_tests::Organization;

async fn leave(db: Db<Sqlite>, one: VerifiedTenant<Organization>) {
    let acme = one.scope(&db, async |acme| acme).await;
    println!("{:?}", acme.id());
}

fn main() {}
