//! There is no database to create or to remove for a tenant whose root has none.

use tenancy::VerifiedTenant;
use tenancy_ui_tests::Organization;

async fn f(acme: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    acme.create_database("CREATE TABLE users (id BLOB)").await?;
    acme.drop_database().await
}

fn main() {}
