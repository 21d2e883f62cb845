//! Conditions combine with `&` and `|`: Rust's `&&` and `||` are for `bool`.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::query().filter(|u| u.age.gt(1) && u.email.ne(""));
}

fn main() {}
