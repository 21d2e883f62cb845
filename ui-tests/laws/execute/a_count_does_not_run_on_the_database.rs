//! A number of rows is one tenant's, too.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped};
use tenancy_ui_tests::User;

async fn count(db: &Db<Sqlite>) {
    let _ = User::query().count(db).await;
}

fn main() {}
