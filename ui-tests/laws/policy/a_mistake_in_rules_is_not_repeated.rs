//! Where the rules are wrong, nothing that tries them is reported as well.

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
    note: Option<String>,
    number: i64,
    hidden: bool,
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if number + 1; }
    }
}

async fn all<'t>(acting: &tenancy::Acting<'t, Organization, User>, page: &tenancy::Scoped<'t, Page>) {
    let _ = Page::query().fetch_all(acting).await;
    let _ = Page::update(page).set(|p| p.number.to(1)).execute(acting).await;
    let _ = Page::destroy(page).execute(acting).await;
    let _ = acting.can(tenancy::policy::action::Read, page).await;
}

fn main() {}
