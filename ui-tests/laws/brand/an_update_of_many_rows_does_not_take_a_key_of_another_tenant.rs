//! An update by condition names no row, and still takes references of its own tenant only.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Document, Organization, User};

async fn mix(
    db: Db<Sqlite>,
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<u64> {
    tenancy::enter!(acme = one, &db);
    tenancy::enter!(globex = other, &db);
    let owner = User::query().fetch_one(&acme).await?;
    Document::update_where(|d| d.views.gt(0))
        .set(|d| d.owner_id.to(&owner))
        .execute(&globex)
        .await
}

fn main() {}
