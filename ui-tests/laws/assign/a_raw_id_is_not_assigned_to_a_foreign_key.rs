//! An id proves nothing: a foreign key takes a row, its key, or a `Ref`.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::Document;
use uuid::Uuid;

async fn update(document: Scoped<'_, Document>, owner: Uuid) {
    let _ = Document::update(&document).set(|d| d.owner_id.to(owner));
}

fn main() {}
