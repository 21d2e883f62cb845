//! A set of changes is for one model.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::{Document, User};

#[derive(tenancy::Changes)]
#[tenancy(model = Document)]
struct DocumentPatch {
    title: Option<String>,
}

fn update(user: Scoped<'_, User>, patch: DocumentPatch) {
    let _ = User::update(&user).apply(patch);
}

fn main() {}
