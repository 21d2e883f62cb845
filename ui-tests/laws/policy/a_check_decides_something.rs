//! A check that never decides is not what it looks like.

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
        read { authorize_if number == 1 && number == 2; authorize_if hidden; }
        create { authorize_if author_id == actor; authorize_if hidden; authorize_if actor == author_id; authorize_if hidden && number == 1; }
        update { forbid_unless number > 5; authorize_if number == 3; }
        bypass(destroy) { authorize_unless actor.age < 3 || actor.age >= 3; }
        guard(destroy) { forbid_if number.is_none() && number.is_some(); }
        destroy { forbid_unless always; authorize_if author_id == actor; }
    }
}

fn main() {}
