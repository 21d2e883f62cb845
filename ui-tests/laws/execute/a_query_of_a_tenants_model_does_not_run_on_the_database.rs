//! The database belongs to all tenants: a query of a tenant's rows names one.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped};
use tenancy_ui_tests::User;

async fn read(db: &Db<Sqlite>) {
    let _ = User::query().fetch_all(db).await;
}

fn main() {}
