//! Text is never SQL.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::query().filter(|_| "age > 18");
}

fn main() {}
