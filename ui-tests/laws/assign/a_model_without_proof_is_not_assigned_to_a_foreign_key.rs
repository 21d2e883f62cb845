//! The plain model has lost the proof of whose it is.

use tenancy::{Scoped, TenantScoped};
use tenancy_ui_tests::{Document, User};

async fn update<'t>(document: Scoped<'t, Document>, user: Scoped<'t, User>) {
    let user: User = user.into_inner();
    let _ = Document::update(&document).set(|d| d.owner_id.to(&user));
}

fn main() {}
