//! On the token of a tenant nobody acts whom the rules could ask about.

use tenancy::{Scoped, Tenant, TenantScoped};
use tenancy_ui_tests::{Letter, Organization};

async fn update<'t>(acme: &Tenant<'t, Organization>, letter: &Scoped<'t, Letter>) {
    let update = Letter::update(letter).set(|l| l.text.to("mine"));
    let _ = update.execute(acme).await;
}

async fn destroy<'t>(acme: &Tenant<'t, Organization>, letter: &Scoped<'t, Letter>) {
    let _ = Letter::destroy(letter).execute(acme).await;
}

fn main() {}
