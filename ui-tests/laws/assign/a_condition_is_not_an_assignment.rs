//! An assignment is written with `.to(…)`.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::User;

async fn update(user: Scoped<'_, User>) {
    let _ = User::update(&user).set(|u| u.email.eq("new"));
}

fn main() {}
