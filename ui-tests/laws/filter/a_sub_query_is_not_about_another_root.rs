//! A sub-query looks into tables of the same tenants.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Product, User};

fn read() {
    let products = Product::query().select(|p| p.id);
    let _ = User::query().filter(|u| u.id.in_query(products));
}

fn main() {}
