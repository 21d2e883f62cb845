//! A root lives in a database that the library knows.

use tenancy::TenantRoot;
use uuid::Uuid;

#[derive(TenantRoot)]
#[tenancy(database = String)]
struct Company {
    id: Uuid,
}

fn main() {}
