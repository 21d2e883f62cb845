//! Two brands with two names are two tenants.

use tenancy::{Scoped, Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};

async fn remove<'a, 'b>(
    tenant: &Tenant<'a, Organization>,
    user: &Scoped<'b, User>,
) -> tenancy::Result<()> {
    User::destroy(user).execute(tenant).await
}

fn main() {}
