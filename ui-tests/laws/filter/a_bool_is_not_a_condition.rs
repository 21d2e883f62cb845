//! A condition is about columns; what the program knows already is an `if`.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read(everything: bool) {
    let _ = User::query().filter(|_| everything);
}

fn main() {}
