//! NULL is tested for, not compared with.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::query().filter(|u| u.nickname.eq(None));
}

fn main() {}
