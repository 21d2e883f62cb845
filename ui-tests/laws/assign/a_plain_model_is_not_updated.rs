//! Anyone can fill in a struct: an update takes the row that was read.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn update(user: User) {
    let _ = User::update(&user).set(|u| u.age.to(1));
}

fn main() {}
