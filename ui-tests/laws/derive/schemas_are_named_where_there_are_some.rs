//! A database without schemas has none to name.

use tenancy::TenantRoot;
use uuid::Uuid;

fn schema_of(id: &Uuid) -> String {
    format!("shop_{id}")
}

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite, schemas = schema_of)]
struct Shop {
    id: Uuid,
}

fn main() {}
