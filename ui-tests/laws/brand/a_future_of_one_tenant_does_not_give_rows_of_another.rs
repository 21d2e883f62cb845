//! The future of a read knows whose rows it will give.

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
    let mut reading = User::query().fetch_one(&acme);
    reading = User::query().fetch_one(&globex);
    reading.await?;
    Ok(())
}

fn main() {}
