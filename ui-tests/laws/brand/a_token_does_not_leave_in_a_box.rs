//! A trait object hides the type of a token, not how long it lives.

use tenancy::{VerifiedTenant};
use tenancy_ui_tests::Organization;

async fn leave(one: VerifiedTenant<Organization>) {
    let acme: Box<dyn std::fmt::Debug> = one
        .scope(async |acme| Box::new(acme) as Box<dyn std::fmt::Debug>)
        .await;
    println!("{acme:?}");
}

fn main() {}
