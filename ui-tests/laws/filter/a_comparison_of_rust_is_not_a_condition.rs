//! The operators `==` and `<` are Rust's: a condition is written with methods.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::query().filter(|u| u.age > 18);
}

fn main() {}
