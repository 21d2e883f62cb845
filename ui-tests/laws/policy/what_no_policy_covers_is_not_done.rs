//! An action that no policy covers is denied to everyone, by the compiler.

use tenancy::{Acting, Scoped, TenantScoped};
use tenancy_ui_tests::{Letter, Organization, User};

async fn remove<'t>(acting: &Acting<'t, Organization, User>, letter: &Scoped<'t, Letter>) {
    let _ = Letter::destroy(letter).execute(acting).await;
}

fn main() {}
