//! Rules for an actor that never acts on such rows would have no effect: one of another root, or nobody.

use tenancy::NoActor;
use tenancy_ui_tests::Product;
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

tenancy::policies! {
    Page, actor: Product {
        read { authorize_if number == 1; }
    }
}

tenancy::policies! {
    Page, actor: NoActor {
        read { authorize_if number == 1; }
    }
}

fn main() {}
