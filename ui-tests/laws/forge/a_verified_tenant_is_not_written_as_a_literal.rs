//! A verified tenant comes from a check, or through a door with a reason.

use sqlx::Sqlite;
use tenancy::{Db, VerifiedTenant};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

fn forge(db: Db<Sqlite>, id: Uuid) -> VerifiedTenant<Organization> {
    VerifiedTenant { db, id }
}

fn main() {}
