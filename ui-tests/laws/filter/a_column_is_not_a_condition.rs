//! A column of truth values is compared, too.

use tenancy::TenantScoped;
use tenancy_ui_tests::Document;

fn read() {
    let _ = Document::query().filter(|d| d.archived);
}

fn main() {}
