//! A rule that seems to be there for tests alone would be there always.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    owner_id: Uuid,
    open: bool,
}

tenancy::policies! {
    Page, actor: User {
        check mine = owner_id == #[cfg(test)] actor;
        read { authorize_if #[cfg(test)] always; authorize_if mine(); }
        update { forbid_if #[cfg(feature = "strict")] open; authorize_if always; }
        destroy { authorize_if open && #[cfg(test)] owner_id == actor; }
    }
}

fn main() {}
