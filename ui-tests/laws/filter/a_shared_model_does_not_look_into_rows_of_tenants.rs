//! A statement on a shared model may run without a tenant, so it does not look into tenants' rows.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Plan, User};

fn read() {
    let emails = User::query().select(|u| u.email);
    let _ = Plan::query().filter(|p| p.key.in_query(emails));
}

fn main() {}
