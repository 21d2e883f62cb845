//! An update of many rows is one tenant's.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped};
use tenancy_ui_tests::User;

async fn update(db: &Db<Sqlite>) {
    let _ = User::update_where(|u| u.age.gt(100))
        .set(|u| u.age.to(100))
        .execute(db)
        .await;
}

fn main() {}
