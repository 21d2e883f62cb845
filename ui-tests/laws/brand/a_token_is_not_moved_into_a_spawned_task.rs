//! A task may outlive the entry: it gets the `VerifiedTenant` and enters by itself.

use sqlx::Sqlite;
use tenancy::{Db, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

async fn spawn(db: Db<Sqlite>, one: VerifiedTenant<Organization>) {
    tenancy::enter!(acme = one, &db);
    tokio::spawn(async move { User::query().count(&acme).await });
}

fn main() {}
