//! The order of two entries makes no difference.

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
    let user = User::query().fetch_one(&globex).await?;
    User::update(&user)
        .set(|u| u.email.to("new"))
        .execute(&acme)
        .await
}

fn main() {}
