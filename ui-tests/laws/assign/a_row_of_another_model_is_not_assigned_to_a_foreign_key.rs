//! A foreign key takes rows of the model that it refers to.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::Document;

async fn update<'t>(document: Scoped<'t, Document>) {
    let _ = Document::update(&document).set(|d| d.owner_id.to(&document));
}

fn main() {}
