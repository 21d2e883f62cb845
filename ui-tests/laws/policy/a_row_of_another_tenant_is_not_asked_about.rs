//! An actor is asked about rows of its own tenant.

use tenancy::policy::action;
use tenancy::{Scoped, VerifiedTenant};
use tenancy_ui_tests::{Letter, Organization, User};

async fn f(verified: VerifiedTenant<Organization>, user: for<'t> fn(&tenancy::Tenant<'t, Organization>) -> Scoped<'t, User>, letter: Scoped<'_, Letter>) {
    tenancy::enter!(acme = verified);
    let ann = user(&acme);
    let acme = acme.acting_as(ann);
    let _ = acme.can(action::Update, &letter).await;
}

fn main() {}
