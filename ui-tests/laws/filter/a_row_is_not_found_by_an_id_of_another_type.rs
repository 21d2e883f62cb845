//! A row is found by a key of its own type.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::find("42");
}

fn main() {}
