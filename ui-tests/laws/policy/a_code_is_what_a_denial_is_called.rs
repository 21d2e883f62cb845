//! What authorizes has no code: a code is what a denial is called.

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
        read { authorize_if hidden => "hidden"; }
    }
}

fn main() {}
