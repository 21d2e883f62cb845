//! A tenant is entered on a `Db`, whose connections come back clean, not on a plain pool.

use tenancy::VerifiedTenant;
use tenancy_ui_tests::Organization;

async fn enter(pool: sqlx::SqlitePool, one: VerifiedTenant<Organization>) {
    one.scope(&pool, async |_| ()).await
}

fn main() {}
