//! An update by condition names no row, and still takes references of its own tenant only.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Document, Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<u64> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let owner = User::query().fetch_one(&acme).await?;
    Document::update_where(|d| d.views.gt(0))
        .set(|d| d.owner_id.to(&owner))
        .execute(&globex)
        .await
}

fn main() {}
