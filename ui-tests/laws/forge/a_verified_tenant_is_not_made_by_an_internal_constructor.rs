//! The constructors that verify nothing are the library's own.

use sqlx::Sqlite;
use tenancy::{Db, VerifiedTenant};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

fn forge(db: Db<Sqlite>, id: Uuid) -> VerifiedTenant<Organization> {
    VerifiedTenant::new(db, id)
}

fn main() {}
