//! A statement runs under an action that is like its own.

use tenancy::policy::action::{self, Action};
use tenancy::{Acting, TenantScoped as _};
use tenancy_ui_tests::{Letter, Organization, User};

#[derive(Clone, Copy)]
struct Publish;

impl Action for Publish {
    type Like = action::Update;
    const NAME: &'static str = "publish";
}

async fn f(acme: Acting<'_, Organization, User>) {
    let _ = Letter::query().action(Publish).fetch_all(&acme).await;
}

fn main() {}
