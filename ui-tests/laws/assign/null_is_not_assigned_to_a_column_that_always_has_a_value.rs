//! A column that always has a value is not set to NULL.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::User;

async fn update(user: Scoped<'_, User>) {
    let _ = User::update(&user).set(|u| u.email.to(None::<String>));
}

fn main() {}
