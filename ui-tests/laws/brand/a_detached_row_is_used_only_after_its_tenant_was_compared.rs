//! A detached row is adopted before it is used.

use tenancy::{Detached, Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};

async fn skip<'t>(tenant: &Tenant<'t, Organization>, user: Detached<User>) -> tenancy::Result<()> {
    User::destroy(&user).execute(tenant).await
}

fn main() {}
