//! With row-level security the database is told the tenant before the row of a new one is there, so the
//! database cannot make its key.

use tenancy::TenantRoot;

#[derive(TenantRoot)]
#[tenancy(database = sqlx::Sqlite, rls)]
struct Workspace {
    id: i64,
    name: String,
}

fn main() {}
