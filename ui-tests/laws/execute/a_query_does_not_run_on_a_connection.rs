//! A connection belongs to nobody: a query runs on a tenant.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

async fn read(connection: &mut sqlx::SqliteConnection) {
    let _ = User::query().fetch_all(connection).await;
}

fn main() {}
