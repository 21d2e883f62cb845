//! A token detaches rows of its own tenant.

use sqlx::Sqlite;
use tenancy::{Db, Detached, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    db: Db<Sqlite>,
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<Detached<User>> {
    tenancy::enter!(acme = one, &db);
    tenancy::enter!(globex = other, &db);
    let user = User::query().fetch_one(&acme).await?;
    Ok(globex.detach(user))
}

fn main() {}
