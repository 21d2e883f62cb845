//! A sub-query selects values of the type of the column.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Document, User};

fn read() {
    let emails = User::query().select(|u| u.email);
    let _ = Document::query().filter(|d| d.owner_id.in_query(emails));
}

fn main() {}
