//! Many rows at once need the same rules as each of them.

use tenancy::{Acting, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    text: String,
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if always; }
    }
}

async fn create<'t>(acting: &Acting<'t, Organization, User>, new: Vec<NewPage>) {
    let _ = Page::create_many(new).execute(acting).await;
}

fn main() {}
