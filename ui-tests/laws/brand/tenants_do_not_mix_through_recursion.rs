//! A function that calls itself with a row passes on the row's brand.

use sqlx::Sqlite;
use tenancy::{Db, Scoped, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn mix<'t>(
    db: &Db<Sqlite>,
    mut tenants: Vec<VerifiedTenant<Organization>>,
    carried: Option<Scoped<'t, User>>,
) -> tenancy::Result<()> {
    let Some(tenant) = tenants.pop() else {
        return Ok(());
    };
    tenancy::enter!(acme = tenant);
    if let Some(user) = &carried {
        User::destroy(user).execute(&acme).await?;
    }
    let user = User::query().fetch_one(&acme).await?;
    Box::pin(mix(db, tenants, Some(user))).await
}

fn main() {}
