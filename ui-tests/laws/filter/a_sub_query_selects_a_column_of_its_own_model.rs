//! A sub-query selects a column of its own table.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Document, User};

fn read() {
    let document = <Document as tenancy::Model>::COLUMNS;
    let _ = User::query().select(|_| document.title);
}

fn main() {}
