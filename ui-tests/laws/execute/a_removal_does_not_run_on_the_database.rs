//! The most dangerous statement without a tenant is a removal.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped};
use tenancy_ui_tests::User;

async fn remove(db: &Db<Sqlite>) {
    let _ = User::destroy_where(|u| u.age.gt(100)).execute(db).await;
}

fn main() {}
