//! A transaction stays in its scope.

use tenancy::{VerifiedTenant};
use tenancy_ui_tests::Organization;

async fn leave(one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    let tx = one.scope(async |mut acme| acme.begin().await).await?;
    tx.commit().await
}

fn main() {}
