//! A new row belongs to a tenant.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped};
use tenancy_ui_tests::{NewUser, User};

async fn create(db: &Db<Sqlite>) {
    let new = NewUser {
        email: String::new(),
        age: 0,
        nickname: None,
    };
    let _ = User::create(new).execute(db).await;
}

fn main() {}
