//! What a rule calculates is an answer, and not a way out.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    number: i64,
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if number == { actor.age + by.actor().age }; }
        update { authorize_if { visit.all() } == 1; }
    }
}

fn main() {}
