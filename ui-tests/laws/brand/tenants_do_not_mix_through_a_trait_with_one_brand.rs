//! A trait that carries a brand carries one.

use tenancy::{Scoped, Tenant, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

trait Remove<'t> {
    fn remove(&self, user: &Scoped<'t, User>);
}

impl<'t> Remove<'t> for Tenant<'t, Organization> {
    fn remove(&self, user: &Scoped<'t, User>) {
        let _ = User::destroy(user).execute(self);
    }
}

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let globex: Box<dyn Remove<'_> + '_> = Box::new(globex);
    let user = User::query().fetch_one(&acme).await?;
    globex.remove(&user);
    Ok(())
}

fn main() {}
