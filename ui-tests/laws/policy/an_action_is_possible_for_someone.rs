//! What nobody can do is left out: then it does not compile.

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
        guard(read) { forbid_unless hidden; forbid_if hidden; }
        read { authorize_if author_id == actor; }
        create { authorize_if actor.age < 18; }
        create { authorize_if actor.age >= 18; }
    }
}

fn main() {}
