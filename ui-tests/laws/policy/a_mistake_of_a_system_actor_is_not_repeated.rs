//! What is wrong with a system actor is not said of its rules as well.

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

#[derive(Debug, tenancy::SystemActor)]
enum System {
    Billing,
    Cleanup(String),
}

tenancy::policies! {
    Page, actor: System {
        read { authorize_if matches!(actor, System::Billing); authorize_if number == 1; }
        destroy { authorize_if hidden; }
    }
}

async fn clean_up(tenant: tenancy::Tenant<'_, Organization>) {
    let acting = tenant.as_system(System::Billing, "nightly");
    let _ = Page::destroy_where(|p| p.hidden.eq(true)).execute(&acting).await;
}

fn main() {}
