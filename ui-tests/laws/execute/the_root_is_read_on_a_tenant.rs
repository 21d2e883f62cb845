//! A tenant sees its own row of the root, so reading it needs a tenant.

use sqlx::Sqlite;
use tenancy::{Db, Root};
use tenancy_ui_tests::Organization;

async fn read(db: &Db<Sqlite>) {
    let _ = Organization::query().fetch_all(db).await;
}

fn main() {}
