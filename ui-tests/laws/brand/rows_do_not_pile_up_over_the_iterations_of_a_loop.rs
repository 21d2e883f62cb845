//! Every iteration enters anew: what it read does not outlive it.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(tenants: Vec<VerifiedTenant<Organization>>) -> tenancy::Result<()> {
    let mut users = Vec::new();
    for tenant in tenants {
        tenancy::enter!(acme = tenant);
        users.push(User::query().fetch_one(&acme).await?);
    }
    Ok(())
}

fn main() {}
