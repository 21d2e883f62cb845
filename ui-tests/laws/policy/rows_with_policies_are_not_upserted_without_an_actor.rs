//! Nobody is no one that a policy speaks of, whatever the statement.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Letter, NewLetter, Organization};

async fn upsert<'t>(tenant: &Tenant<'t, Organization>, new: NewLetter<'t>) {
    let _ = Letter::upsert(new).on(|l| l.text).execute(tenant).await;
}

fn main() {}
