//! What is always there is never none, and a rule that asks is a mistake.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if actor.age.is_none(); }
    }
}

fn main() {}
