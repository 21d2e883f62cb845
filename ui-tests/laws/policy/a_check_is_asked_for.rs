//! A check or a relation that no rule asks for would mean nothing.

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

tenancy::checks! {
    numbers {
        check small = number < 10;
    }
}

tenancy::policies! {
    Page, actor: User {
        use numbers;
        check mine = author_id == actor;
        relation letters = Letter.about_id;
        read { authorize_if number == 1; }
    }
}

fn main() {}
