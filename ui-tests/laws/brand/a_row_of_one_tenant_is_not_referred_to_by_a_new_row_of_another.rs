//! A foreign key of a new row takes rows of the same tenant only.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Document, NewDocument, Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let owner = User::query().fetch_one(&acme).await?;
    Document::create(NewDocument {
        owner_id: (&owner).into(),
        reviewer_id: None,
        title: "Q3".to_owned(),
        views: 0,
    })
    .execute(&globex)
    .await
}

fn main() {}
