//! The columns that make two rows the same are the model's own.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Document, NewUser, User};

fn upsert(new: NewUser) {
    let document = <Document as tenancy::Model>::COLUMNS;
    let _ = User::upsert(new).on(|_| document.title);
}

fn main() {}
