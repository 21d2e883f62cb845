//! What policies do not decide yet does not compile.

use tenancy::{Acting, TenantScoped};
use tenancy_ui_tests::{Letter, NewLetter, Organization, User};

async fn create<'t>(acting: &Acting<'t, Organization, User>, new: Vec<NewLetter<'t>>) {
    let _ = Letter::create_many(new).execute(acting).await;
}

fn main() {}
