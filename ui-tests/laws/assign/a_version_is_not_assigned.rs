//! The version counts changes; it is not one.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::Document;

async fn update(document: Scoped<'_, Document>) {
    let _ = Document::update(&document).set(|d| d.version.to(1));
}

fn main() {}
