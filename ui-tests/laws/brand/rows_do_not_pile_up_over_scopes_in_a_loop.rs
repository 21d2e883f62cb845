//! Every iteration enters anew: what it read does not leave its closure.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(tenants: Vec<VerifiedTenant<Organization>>) -> tenancy::Result<()> {
    let mut users = Vec::new();
    for tenant in tenants {
        tenant
            .scope(async |acme| {
                users.push(User::query().fetch_one(&acme).await?);
                Ok::<_, tenancy::Error>(())
            })
            .await?;
    }
    Ok(())
}

fn main() {}
