//! SQLite has no row-level security.

use tenancy::TenantRoot;
use uuid::Uuid;

#[derive(TenantRoot)]
#[tenancy(database = sqlx::Sqlite, rls)]
struct Workspace {
    id: Uuid,
    name: String,
}

fn main() {}
