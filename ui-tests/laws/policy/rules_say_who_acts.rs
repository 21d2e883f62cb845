//! Rules are about an actor; where it is missing, not all of the macro is at fault.

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
    Page
}

tenancy::policies! {
    Page, actor: User
}

tenancy::policies! {
    Page, actor: Letter {
        read { authorize_if always; }
    } update
}

fn main() {}
