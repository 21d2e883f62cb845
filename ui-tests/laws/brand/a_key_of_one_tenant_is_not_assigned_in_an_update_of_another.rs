//! A foreign key is set to a key of the same tenant only.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Document, Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let owner = User::query().fetch_one(&acme).await?.key();
    let document = Document::query().fetch_one(&globex).await?;
    Document::update(&document)
        .set(|d| d.owner_id.to(owner))
        .execute(&globex)
        .await
}

fn main() {}
