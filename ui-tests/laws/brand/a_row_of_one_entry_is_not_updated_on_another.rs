//! A row that was read on one token is not updated on another, also in the statement form.

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
    let user = User::query().fetch_one(&acme).await?;
    User::update(&user)
        .set(|u| u.email.to("new"))
        .execute(&globex)
        .await
}

fn main() {}
