//! What no rule covers is not asked about either: the answer would always be no.

use tenancy::policy::action;
use tenancy::{Acting, Scoped};
use tenancy_ui_tests::{Letter, Organization, User};

async fn f<'t>(acme: Acting<'t, Organization, User>, letter: Scoped<'t, Letter>) {
    let _ = acme.can(action::Destroy, &letter).await;
}

fn main() {}
