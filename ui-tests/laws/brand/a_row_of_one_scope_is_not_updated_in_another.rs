//! A row that was read in one scope is not updated in another.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix(
    db: Db<Sqlite>,
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> tenancy::Result<()> {
    one.scope(&db, async |acme| {
        let user = User::query().fetch_one(&acme).await?;
        other
            .scope(&db, async |globex| {
                User::update(&user)
                    .set(|u| u.email.to("new"))
                    .execute(&globex)
                    .await
            })
            .await
    })
    .await
}

fn main() {}
