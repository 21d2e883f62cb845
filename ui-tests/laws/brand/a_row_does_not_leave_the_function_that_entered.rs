//! A function that enters a tenant does not return its rows.

use tenancy::{Scoped, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn leave<'t>(
    one: VerifiedTenant<Organization>,
) -> tenancy::Result<Vec<Scoped<'t, User>>> {
    tenancy::enter!(acme = one);
    User::query().fetch_all(&acme).await
}

fn main() {}
