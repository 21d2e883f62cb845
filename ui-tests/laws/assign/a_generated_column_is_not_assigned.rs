//! What the database fills in is not assigned.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::Document;

async fn update(document: Scoped<'_, Document>) {
    let _ = Document::update(&document).set(|d| d.search.to("words"));
}

fn main() {}
