//! A set of changes derives `Changes`.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::User;

struct UserPatch {
    email: Option<String>,
}

fn update(user: Scoped<'_, User>, patch: UserPatch) {
    let _ = User::update(&user).apply(patch);
}

fn main() {}
