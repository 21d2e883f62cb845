//! Rules for a model that can be reached without them would have no effect.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization)]
struct Page {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    author_id: Uuid,
    number: i64,
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if author_id == actor; authorize_if number == 1; }
    }
}

fn main() {}
