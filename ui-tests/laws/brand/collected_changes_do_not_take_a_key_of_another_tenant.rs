//! Changes that are collected while the program runs carry the brand of their references.

use tenancy::{Changes, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Document, Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let owner = User::query().fetch_one(&acme).await?;
    let document = Document::query().fetch_one(&globex).await?;
    let changes =
        Changes::new().set(|d: <Document as tenancy::Model>::Columns| d.owner_id.to(&owner));
    Document::update(&document)
        .apply(changes)
        .execute(&globex)
        .await
}

fn main() {}
