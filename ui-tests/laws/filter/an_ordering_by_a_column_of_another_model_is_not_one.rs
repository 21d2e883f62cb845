//! Rows are ordered by columns of their own.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Document, User};

fn read() {
    let document = <Document as tenancy::Model>::COLUMNS;
    let _ = User::query().order_by(|_| document.title.asc());
}

fn main() {}
