//! A closure that captured a token takes rows of that tenant.

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
    let remove = |user| User::destroy(user).execute(&globex);
    let user = User::query().fetch_one(&acme).await?;
    remove(&user).await
}

fn main() {}
