//! A range has bounds of the column's own type.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::query().filter(|u| u.age.between(1, "two"));
}

fn main() {}
