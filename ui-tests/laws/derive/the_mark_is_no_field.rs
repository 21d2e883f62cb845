//! The mark that storages of a tenant carry, too, is made by the database: no field is its column, and no other root
//! has one.

use tenancy::{TenantRoot, TenantScoped};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantRoot)]
#[tenancy(database = sqlx::Sqlite, databases)]
struct Workspace {
    id: Uuid,
    tenancy_mark: Uuid,
}

#[derive(TenantRoot)]
#[tenancy(database = sqlx::Sqlite, databases, mark = "Name")]
struct Account {
    id: Uuid,
    name: String,
}

#[derive(TenantRoot)]
#[tenancy(database = sqlx::Sqlite, databases, mark = "a\"b")]
struct Company {
    id: Uuid,
    name: String,
}

#[derive(TenantRoot)]
#[tenancy(database = sqlx::Sqlite, mark = "seal")]
struct Team {
    id: Uuid,
    name: String,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, mark = "seal")]
struct Invoice {
    id: Uuid,
    number: i64,
}

fn main() {}
