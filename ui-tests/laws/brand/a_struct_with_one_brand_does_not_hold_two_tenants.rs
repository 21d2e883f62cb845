//! A struct with one brand holds what belongs to one tenant.

use tenancy::{Scoped, Tenant, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

struct Service<'t> {
    tenant: Tenant<'t, Organization>,
    admin: Scoped<'t, User>,
}

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let admin = User::query().fetch_one(&acme).await?;
    let service = Service {
        tenant: globex,
        admin,
    };
    User::destroy(&service.admin).execute(&service.tenant).await
}

fn main() {}
