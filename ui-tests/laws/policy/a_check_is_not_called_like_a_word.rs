//! Names that mean something in rules are no names of checks, of relations, or of related rows.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Contract, Document, Letter, Organization, Plan, User};
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
        check now = number == 1;
        read { authorize_if now(); }
    }
}

tenancy::policies! {
    Page, actor: Document {
        relation tenant = Letter.about_id;
        read { authorize_if tenant.any(|letter| letter.sealed); }
    }
}

tenancy::policies! {
    Page, actor: Letter {
        read { authorize_if author_id.any(|always| always.age == 1); }
    }
}

tenancy::policies! {
    Page, actor: Contract {
        check always = number == 1;
        read { authorize_if always(); }
    }
}

tenancy::policies! {
    Page, actor: Plan {
        check actor = number == 1;
        read { authorize_if actor(); }
    }
}

fn main() {}
