//! An upsert takes references of its own tenant only.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Document, NewDocument, Organization, User};

async fn mix(
    db: Db<Sqlite>,
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one, &db);
    tenancy::enter!(globex = other, &db);
    let owner = User::query().fetch_one(&acme).await?;
    let new = NewDocument {
        owner_id: (&owner).into(),
        reviewer_id: None,
        title: "Q3".to_owned(),
        views: 0,
    };
    Document::upsert(new).on(|d| d.title).execute(&globex).await
}

fn main() {}
