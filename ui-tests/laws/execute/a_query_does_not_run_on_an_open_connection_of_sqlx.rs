//! A transaction of sqlx belongs to nobody: a query runs on a tenant's.

use sqlx::Sqlite;
use tenancy::TenantScoped;
use tenancy_ui_tests::User;

async fn read(transaction: &sqlx::Transaction<'static, Sqlite>) {
    let _ = User::query().fetch_all(transaction).await;
}

fn main() {}
