//! A helper with one brand takes what belongs to one tenant.

use tenancy::{Scoped, Tenant, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn remove<'t>(
    tenant: &Tenant<'t, Organization>,
    user: &Scoped<'t, User>,
) -> tenancy::Result<()> {
    User::destroy(user).execute(tenant).await
}

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let user = User::query().fetch_one(&acme).await?;
    remove(&globex, &user).await
}

fn main() {}
