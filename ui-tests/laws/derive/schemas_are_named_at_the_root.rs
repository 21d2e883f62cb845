//! The root says what the schema of a tenant is called; a model says that it is in it.

use tenancy::TenantScoped;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

fn schema_of(id: &Uuid) -> String {
    format!("org_{}", id.simple())
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, schemas = schema_of)]
struct Invoice {
    id: Uuid,
    number: i64,
}

fn main() {}
