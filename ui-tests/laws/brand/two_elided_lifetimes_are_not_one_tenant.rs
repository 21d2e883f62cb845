//! Two brands that are left out are two tenants: write `<'t>` out where they are one.

use tenancy::{Scoped, Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};

async fn remove(tenant: &Tenant<'_, Organization>, user: &Scoped<'_, User>) -> tenancy::Result<()> {
    User::destroy(user).execute(tenant).await
}

fn main() {}
