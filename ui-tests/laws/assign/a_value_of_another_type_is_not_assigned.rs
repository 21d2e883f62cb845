//! A column takes values of its own type.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::User;

async fn update(user: Scoped<'_, User>) {
    let _ = User::update(&user).set(|u| u.age.to("forty"));
}

fn main() {}
