//! A variable outside of the loop does not carry a row into the next tenant.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(tenants: Vec<VerifiedTenant<Organization>>) -> tenancy::Result<()> {
    let mut last = None;
    for tenant in tenants {
        tenancy::enter!(acme = tenant);
        if let Some(user) = &last {
            User::destroy(user).execute(&acme).await?;
        }
        last = Some(User::query().fetch_one(&acme).await?);
    }
    Ok(())
}

fn main() {}
