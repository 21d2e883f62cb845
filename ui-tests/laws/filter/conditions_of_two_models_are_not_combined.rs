//! A condition is about one model.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Document, User};

fn read() {
    let document = <Document as tenancy::Model>::COLUMNS;
    let _ = User::query().filter(|u| u.age.gt(1) & document.views.gt(1));
}

fn main() {}
