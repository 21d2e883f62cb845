//! A foreign key is not computed from other columns.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::Document;

async fn update(document: Scoped<'_, Document>) {
    let _ = Document::update(&document).set(|d| d.owner_id.to(d.id));
}

fn main() {}
