//! A tenant is verified in one database; the same id may be another tenant elsewhere.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn count(one: VerifiedTenant<Organization>, other: Db<Sqlite>) -> tenancy::Result<u64> {
    tenancy::enter!(acme = one, &other);
    User::query().count(&acme).await
}

fn main() {}
