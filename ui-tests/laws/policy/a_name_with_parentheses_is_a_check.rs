//! A function is not called where a check is meant.

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

fn mien() -> bool {
    true
}

fn last() -> i64 {
    1
}

tenancy::policies! {
    Page, actor: User {
        check mine = author_id == actor;
        read { authorize_if mien(); authorize_if mine(); }
        update { authorize_if number == last(); }
    }
}

fn main() {}
