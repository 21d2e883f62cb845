//! Whoever may create a row may not, by that, change the one in its place.

use tenancy::{Acting, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    title: String,
    text: String,
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if always; }
        create { authorize_if always; }
    }
}

async fn upsert<'t>(acting: &Acting<'t, Organization, User>, new: NewPage) {
    let _ = Page::upsert(new).on(|page| page.title).execute(acting).await;
}

fn main() {}
