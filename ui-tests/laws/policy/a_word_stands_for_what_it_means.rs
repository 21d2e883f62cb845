//! A related row, and the tenant, are asked for their columns.

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
        read {
            authorize_if author_id.any(|user| user);
            authorize_if tenant == 1;
            authorize_if number > 1 && always == true;
        }
    }
}

fn main() {}
