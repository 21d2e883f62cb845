//! A check is not asked by a name alone, which is a column.

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
    Page, actor: User {
        check hidden = r#hidden || number == 1;
        read { forbid_if hidden; authorize_if number == 2; }
        update { forbid_if hidden(); authorize_if hidden() == true; }
    }
}

fn main() {}
