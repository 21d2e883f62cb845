//! Nobody is no one that a policy speaks of.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Letter, NewLetter, Organization};

async fn create<'t>(tenant: &Tenant<'t, Organization>, new: NewLetter<'t>) {
    let _ = Letter::create(new).execute(tenant).await;
}

fn main() {}
