//! The trait of roots is unsafe to implement; the derive does it.

use sqlx::Sqlite;
use tenancy::{TenantRoot, TenantScoped};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization)]
struct Team {
    id: Uuid,
}

impl TenantRoot for Team {
    type Database = Sqlite;
}

fn main() {}
