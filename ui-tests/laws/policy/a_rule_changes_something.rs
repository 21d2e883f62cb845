//! A rule that can be left out is told of.

#![deny(deprecated)]

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
        bypass(read) { authorize_if always; }
        read { authorize_if author_id == actor; }
        create { authorize_if author_id == actor; forbid_if number < 0; }
        update { authorize_if number == 3; authorize_if number > 1; }
        destroy { forbid_if hidden; authorize_if author_id == actor; }
    }
}

fn main() {}
