//! A function that enters a tenant does not return its rows.

use sqlx::Sqlite;
use tenancy::{Db, Scoped, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn leave<'t>(
    db: Db<Sqlite>,
    one: VerifiedTenant<Organization>,
) -> tenancy::Result<Vec<Scoped<'t, User>>> {
    tenancy::enter!(acme = one, &db);
    User::query().fetch_all(&acme).await
}

fn main() {}
