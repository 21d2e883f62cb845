//! A check after those that decide everything is not what it looks like.

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
        read { authorize_if always; forbid_if hidden; }
        create {
            forbid_if text == "";
            authorize_if number < 0;
            authorize_if number >= 0 || number.is_none();
            authorize_if author_id == actor;
        }
        update { forbid_if always; authorize_if author_id == actor; }
    }
}

fn main() {}
