//! A token stays in its scope.

use tenancy::{VerifiedTenant};
use tenancy_ui_tests::Organization;

async fn leave(one: VerifiedTenant<Organization>) {
    let acme = one.scope(async |acme| acme).await;
    println!("{:?}", acme.id());
}

fn main() {}
