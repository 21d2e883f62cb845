//! Nothing is added to what was reviewed, under whichever name the actor goes.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    open: bool,
}

type Person = User;

tenancy::policies! {
    Page, actor: User {
        read { authorize_if open; }
    }
}

tenancy::policies! {
    Page, actor: Person {
        bypass(read) { authorize_if always; }
    }
}

fn main() {}
