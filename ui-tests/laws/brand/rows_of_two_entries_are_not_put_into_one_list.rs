//! A list holds rows of one tenant.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    db: Db<Sqlite>,
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one, &db);
    tenancy::enter!(globex = other, &db);
    let mut users = User::query().fetch_all(&acme).await?;
    users.extend(User::query().fetch_all(&globex).await?);
    Ok(())
}

fn main() {}
