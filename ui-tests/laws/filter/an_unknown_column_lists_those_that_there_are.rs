//! A typing mistake in a column shows the columns that there are.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read() {
    let _ = User::query().filter(|u| u.phone.eq("555"));
}

fn main() {}
