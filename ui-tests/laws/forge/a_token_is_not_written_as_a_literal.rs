//! A token comes from a verified tenant and from nowhere else.

use sqlx::Sqlite;
use tenancy::{Db, Tenant};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

fn forge(id: Uuid, db: Db<Sqlite>) -> Tenant<'static, Organization> {
    Tenant { id, db }
}

fn main() {}
