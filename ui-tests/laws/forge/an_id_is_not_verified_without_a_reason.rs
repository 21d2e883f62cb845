//! The door around verification takes a reason.

use sqlx::Sqlite;
use tenancy::{Db, VerifiedTenant};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

fn forge(db: &Db<Sqlite>, id: Uuid) -> VerifiedTenant<Organization> {
    VerifiedTenant::assume_verified(db, id)
}

fn main() {}
