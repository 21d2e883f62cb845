//! What other languages write, and rules do not: each mistake says what to write instead, once.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

macro_rules! pages {
    ($($name:ident: $table:literal)*) => {$(
        #[derive(Debug, TenantScoped)]
        #[tenancy(root = Organization, policies, table = $table)]
        struct $name {
            id: Uuid,
            #[tenancy(belongs_to = User)]
            author_id: Uuid,
            number: i64,
            hidden: bool,
        }
    )*};
}

pages! { A: "a" B: "b" C: "c" D: "d" E: "e" F: "f" G: "g" H: "h" I: "i" }

tenancy::policies! { A, actor: User { read { authorize_if hidden and number > 1; } } }
tenancy::policies! { B, actor: User { read { authorize_if hidden or number > 1; } } }
tenancy::policies! { C, actor: User { read { authorize_if not hidden; } } }
tenancy::policies! { D, actor: User { read { authorize_if number in [1, 2]; } } }
tenancy::policies! { E, actor: User { check mine { author_id == actor } read { authorize_if mine(); } } }
tenancy::policies! { F, actor: User { check above(x) = number > x; read { authorize_if above(1); } } }
tenancy::policies! { G, actor: User { guard { forbid_if hidden; } read { authorize_if always; } } }
tenancy::policies! { H, actor: User { read, update { authorize_if always; } } }
tenancy::policies! { I, actor: Option<User> { read { authorize_if always; } } }

// The attribute is the mistake, and not what the rules ask of the model.
#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies, tabel = "pages")]
struct Page {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    author_id: Uuid,
    number: i64,
    note: Option<String>,
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if author_id == actor && number > 1; authorize_if note.is_none(); }
        update { authorize_if author_id.any(|user| user.id == actor); authorize_if number.is_in([1, 2]); }
    }
}

fn main() {}
