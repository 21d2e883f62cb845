//! The primary key of a row stays what it is.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::User;
use uuid::Uuid;

async fn update(user: Scoped<'_, User>) {
    let _ = User::update(&user).set(|u| u.id.to(Uuid::nil()));
}

fn main() {}
