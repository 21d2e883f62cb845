//! Rules for an action of the program's own are of the kind that it says it is.

use tenancy::TenantScoped;
use tenancy::policy::action::{self, Action};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Clone, Copy)]
struct Publish;

impl Action for Publish {
    type Like = action::Update;
    const NAME: &'static str = "publish";
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
}

tenancy::policies! {
    Page, actor: User {
        read as Publish { authorize_if always; }
    }
}

fn main() {}
