//! A relation does not stand for a column of its name.

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

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Sheet {
    id: Uuid,
    #[tenancy(belongs_to = Page)]
    page_id: Uuid,
    number: i64,
}

tenancy::policies! {
    Page, actor: User {
        relation letter_id = Sheet.page_id;
        read { authorize_if letter_id.any(|letter| letter.number == 1); }
    }
}

fn main() {}
