//! The future of a read knows whose rows it will give.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let mut reading = User::query().fetch_one(&acme);
    reading = User::query().fetch_one(&globex);
    reading.await?;
    Ok(())
}

fn main() {}
