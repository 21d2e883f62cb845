//! SQLite has no schemas, so tenants cannot have one each.

use tenancy::TenantRoot;
use uuid::Uuid;

#[derive(TenantRoot)]
#[tenancy(database = sqlx::Sqlite, schemas)]
struct Workspace {
    id: Uuid,
    name: String,
}

fn main() {}
