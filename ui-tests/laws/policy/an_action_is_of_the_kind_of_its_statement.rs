//! A statement runs under an action that is like its own.

use tenancy::policy::action::{self, Action};
use tenancy::{Acting, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Page {
    id: Uuid,
    number: i64,
}

#[derive(Clone, Copy)]
struct Publish;

impl Action for Publish {
    type Like = action::Update;
    const NAME: &'static str = "publish";
}

tenancy::policies! {
    Page, actor: User {
        read { authorize_if always; }
        update as Publish { authorize_if number == 1; }
    }
}

async fn f(acme: Acting<'_, Organization, User>) {
    let _ = Page::query().action(Publish).fetch_all(&acme).await;
}

fn main() {}
