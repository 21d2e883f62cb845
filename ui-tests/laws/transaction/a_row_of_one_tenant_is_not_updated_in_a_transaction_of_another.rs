//! A transaction carries the brand of its tenant.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    db: Db<Sqlite>,
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    tenancy::enter!(acme = one, &db);
    tenancy::enter!(mut globex = other, &db);
    let user = User::query().fetch_one(&acme).await?;
    let tx = globex.begin().await?;
    User::destroy(&user).execute(&tx).await?;
    tx.commit().await
}

fn main() {}
