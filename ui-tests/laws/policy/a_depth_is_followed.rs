//! How deep rules are followed is said of rules that look into other rows, once, and within bounds.

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
        }
    )*};
}

pages! { A: "a" B: "b" C: "c" D: "d" }

tenancy::policies! { A, actor: User { #![depth(3)] read { authorize_if number > 1; } } }
tenancy::policies! { B, actor: User { #![depth(9)] read { authorize_if author_id.can(read); } } }
tenancy::policies! { C, actor: User { #![depth(2)] #![depth(3)] read { authorize_if author_id.can(read); } } }
tenancy::policies! { D, actor: User { #[depth(3)] read { authorize_if author_id.can(read); } } }

fn main() {}
