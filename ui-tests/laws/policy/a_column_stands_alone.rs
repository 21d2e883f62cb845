//! Rust knows no columns: they stand alone, in the forms that the message lists.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Letter, Organization, User};
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
        relation letters = Letter.about_id;
        read {
            authorize_if text.starts_with("a");
            authorize_if number + 1 < 3;
            authorize_if actor.age < number + 1;
            authorize_if matches!(text, "a");
            authorize_if number.eq(3);
            authorize_if letters.all(|letter| letter.sealed);
            authorize_if author_id.any(|user| user.age + 1 > 3);
            authorize_if tenant.name.is_empty();
            authorize_if text == always;
        }
    }
}

fn main() {}
