//! An ordering has a direction.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::query().order_by(|u| u.email);
}

fn main() {}
