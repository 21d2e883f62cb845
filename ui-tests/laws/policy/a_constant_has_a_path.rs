//! A name alone is a column: what Rust knows has a path, so that neither is taken for the other.

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

const LAST: i64 = 99;

tenancy::policies! {
    Page, actor: User {
        read { authorize_if number < LAST; }
        update { authorize_if number.is_in([1, LAST]) && number == actor.age + LAST; }
    }
}

fn main() {}
