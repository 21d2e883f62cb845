//! Only numbers are calculated with.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::User;

async fn update(user: Scoped<'_, User>) {
    let _ = User::update(&user).set(|u| u.email.to(u.email.plus("!")));
}

fn main() {}
