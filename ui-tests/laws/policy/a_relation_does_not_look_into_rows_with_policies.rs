//! A rule looks only into rows that the related model lets this actor read.

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
    number: i64,
    hidden: bool,
}

#[derive(Debug, tenancy::SystemActor)]
struct Cron;

tenancy::policies! {
    Page, actor: Cron {
        read { authorize_if letter_id.any(|l| l.sealed); }
    }
}

fn main() {}
