//! An optional filter is spelled out: an absent value must not match everything, nor nothing.

use tenancy::TenantScoped;
use tenancy_ui_tests::User;

fn read(email: Option<String>) {
    let _ = User::query().filter(|u| u.email.eq(email));
}

fn main() {}
