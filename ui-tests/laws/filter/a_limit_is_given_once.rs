//! A second limit would silently replace the first.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::query().limit(1).limit(2);
}

fn main() {}
