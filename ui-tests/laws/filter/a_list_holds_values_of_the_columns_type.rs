//! A list holds values of the column's own type.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::query().filter(|u| u.age.in_(vec!["one", "two"]));
}

fn main() {}
