//! A filter is about columns of its own model.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Document, User};

fn read() {
    let document = <Document as tenancy::Model>::COLUMNS;
    let _ = User::query().filter(|_| document.title.eq("Q3"));
}

fn main() {}
