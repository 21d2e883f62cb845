//! A pool belongs to nobody: a query runs on a tenant.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

async fn read(pool: &sqlx::SqlitePool) {
    let _ = User::query().fetch_all(pool).await;
}

fn main() {}
