//! The name of a column that a client sent is not SQL.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read(column: &str) {
    let _ = User::query().order_by(|_| column);
}

fn main() {}
