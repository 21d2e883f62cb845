//! Rules that ask too much are not analysed, which is told.

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
        read {
            authorize_if author_id == actor;
            authorize_if text == "a" && hidden && number == 1;
            authorize_if actor.age > 3 && actor.email == "b" && actor.nickname == "c";
            authorize_if actor.email.contains('d') && actor.email.contains('e');
            authorize_if letter_id.is_some() && actor.email.is_empty() && actor.age == number;
        }
    }
}

fn main() {}
