//! A trait object hides the type of a token, not how long it lives.

use sqlx::Sqlite;
use tenancy::{Db, VerifiedTenant};
use tenancy_ui_tests::Organization;

async fn leave(db: Db<Sqlite>, one: VerifiedTenant<Organization>) {
    let acme: Box<dyn std::fmt::Debug> = one
        .scope(&db, async |acme| Box::new(acme) as Box<dyn std::fmt::Debug>)
        .await;
    println!("{acme:?}");
}

fn main() {}
