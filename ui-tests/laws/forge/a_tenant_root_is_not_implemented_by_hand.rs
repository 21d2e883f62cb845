//! The trait of roots is unsafe to implement; the derive does it.

use sqlx::Sqlite;
use tenancy::TenantRoot;
use tenancy_ui_tests::User;

impl TenantRoot for User {
    type Database = Sqlite;
}

fn main() {}
