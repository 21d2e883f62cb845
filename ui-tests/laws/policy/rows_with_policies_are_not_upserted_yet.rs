//! What policies do not decide yet does not compile.

use tenancy::{Acting, TenantScoped};
use tenancy_ui_tests::{Letter, NewLetter, Organization, User};

async fn upsert<'t>(acting: &Acting<'t, Organization, User>, new: NewLetter<'t>) {
    let _ = Letter::upsert(new).on(|l| l.text).execute(acting).await;
}

fn main() {}
