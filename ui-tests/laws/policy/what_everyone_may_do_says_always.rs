//! A policy that authorizes everyone by accident is told of.

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
        read { authorize_if hidden; authorize_unless number == 7; authorize_if number == 7 || number.is_none(); }
        bypass(create) { authorize_if number.is_none(); }
        create { authorize_if number > 7; authorize_if number <= 7; }
    }
}

fn main() {}
