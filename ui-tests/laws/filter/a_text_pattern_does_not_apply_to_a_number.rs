//! Text patterns apply to text.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::query().filter(|u| u.age.contains("4"));
}

fn main() {}
