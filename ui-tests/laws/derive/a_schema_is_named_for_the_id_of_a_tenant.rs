//! The function that names schemas takes a tenant's id and gives a text.

use tenancy::TenantRoot;
use uuid::Uuid;

fn schema_of(name: &str) -> String {
    format!("org_{name}")
}

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite, schema = schema_of)]
struct Workspace {
    id: Uuid,
    name: String,
}

fn main() {}
