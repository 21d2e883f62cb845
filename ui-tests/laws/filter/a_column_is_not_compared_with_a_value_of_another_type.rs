//! A column is compared with values of its own type.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::query().filter(|u| u.age.eq("forty"));
}

fn main() {}
