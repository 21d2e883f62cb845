//! A guard alone does not cover an action.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Letter, Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    author_id: Uuid,
    #[tenancy(belongs_to = Letter)]
    letter_id: Option<Uuid>,
    text: String,
    number: i64,
    hidden: bool,
}

tenancy::policies! {
    Page, actor: User {
        guard(create, destroy) { forbid_if hidden; }
        read { authorize_if always; }
        create { authorize_if author_id == actor; }
    }
}

async fn destroy<'t>(
    acting: &tenancy::Acting<'t, Organization, User>,
    page: &tenancy::Scoped<'t, Page>,
) {
    let _ = Page::destroy(page).execute(acting).await;
}

fn main() {}
