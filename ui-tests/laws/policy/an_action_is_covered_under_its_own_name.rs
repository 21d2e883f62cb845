//! Rules for `update` say nothing about an action of the program's own, and it does not compile.

use tenancy::policy::action::{self, Action};
use tenancy::{Acting, Scoped, TenantScoped as _};
use tenancy_ui_tests::{Letter, Organization, User};

#[derive(Clone, Copy)]
struct Publish;

impl Action for Publish {
    type Like = action::Update;
    const NAME: &'static str = "publish";
}

async fn f<'t>(acme: &Acting<'t, Organization, User>, letter: &Scoped<'t, Letter>) {
    let _ = Letter::update(letter).action(Publish).execute(acme).await;
}

fn main() {}
