//! One creation of many rows refers to rows of one tenant.

use tenancy::{TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Document, NewDocument, Organization, User};

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<u64> {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    let ann = User::query().fetch_one(&acme).await?;
    let bob = User::query().fetch_one(&globex).await?;
    let rows = [&ann, &bob].map(|owner| NewDocument {
        owner_id: owner.into(),
        reviewer_id: None,
        title: "Q3".to_owned(),
        views: 0,
    });
    Document::create_many(rows).execute(&acme).await
}

fn main() {}
