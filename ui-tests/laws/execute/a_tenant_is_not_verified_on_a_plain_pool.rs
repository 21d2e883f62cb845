//! A tenant is verified on a `Db`, whose connections come back clean, not on a plain pool.

use tenancy::{Root, VerifiedTenant};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

async fn verify(pool: sqlx::SqlitePool, id: Uuid) -> tenancy::Result<VerifiedTenant<Organization>> {
    Organization::verify(&pool, id).await
}

fn main() {}
