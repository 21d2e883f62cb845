//! All models of a root are in its database.

use sqlx::Sqlite;
use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, database = Sqlite)]
struct Invoice {
    id: Uuid,
    number: String,
}

fn main() {}
