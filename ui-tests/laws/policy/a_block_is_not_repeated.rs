//! The same block twice was meant to be another.

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
        guard(update, destroy) { forbid_if hidden; }
        read { authorize_if always; }
        update when actor.age > 3 { authorize_if number == 1; authorize_if text == "x"; }
        update when actor.age > 3 { authorize_if 1 == number; authorize_if text == "x"; }
        destroy { authorize_if author_id == actor; }
        guard(destroy) { forbid_if hidden == true; }
    }
}

fn main() {}
