//! A slip of the pen is answered with the word that was meant.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Contract, Document, Letter, Organization, User};
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

tenancy::policies! {
    Page, actor: User {
        gaurd(update) { forbid_if hidden; }
        read { authorize_if always; }
    }
}

tenancy::policies! {
    Page, actor: Document {
        chekc mine = number == 1;
        read { authorize_if mine(); }
    }
}

tenancy::policies! {
    Page, actor: Letter {
        read { authorise_if always; }
    }
}

tenancy::policies! {
    Page, actor: Contract {
        guard(raed) { forbid_if hidden; }
        read { authorize_if letter_id.can(upadte); }
    }
}

tenancy::checks! {
    numbers {
        chek small = number < 10;
    }
}

fn main() {}
