//! A model that is shared by all tenants runs on the `Db`, or on a tenant.

use tenancy::TenantScoped;
use tenancy_ui_tests::Plan;

async fn read(pool: &sqlx::SqlitePool) {
    let _ = Plan::query().fetch_all(pool).await;
}

fn main() {}
