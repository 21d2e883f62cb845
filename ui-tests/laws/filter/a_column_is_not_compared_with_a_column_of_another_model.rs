//! A column is compared with columns of its own model.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Document, User};

fn read() {
    let document = <Document as tenancy::Model>::COLUMNS;
    let _ = User::query().filter(|u| u.age.eq(document.views));
}

fn main() {}
