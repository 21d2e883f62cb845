//! Of two checks with one name the weaker could be the one that is asked.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

tenancy::checks! {
    ownership {
        check mine = owner_id == actor;
    }
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    owner_id: Uuid,
    locked: bool,
}

tenancy::policies! {
    Page, actor: User {
        use ownership;
        check mine = owner_id == actor && !locked;
        read { authorize_if mine(); }
    }
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Note {
    id: Uuid,
    #[tenancy(belongs_to = Note)]
    first_id: Option<Uuid>,
    #[tenancy(belongs_to = Note)]
    last_id: Option<Uuid>,
}

tenancy::policies! {
    Note, actor: User {
        relation notes = Note.first_id;
        relation notes = Note.last_id;
        read { authorize_if notes.none(|note| note.first_id.is_none()); }
    }
}

fn main() {}
