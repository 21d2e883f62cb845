//! An id proves nothing, also where there may be none.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::Document;
use uuid::Uuid;

async fn update(document: Scoped<'_, Document>, reviewer: Uuid) {
    let _ = Document::update(&document).set(|d| d.reviewer_id.to(Some(reviewer)));
}

fn main() {}
