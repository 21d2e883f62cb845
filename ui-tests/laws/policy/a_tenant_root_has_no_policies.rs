//! The tenants themselves are created and verified outside of any tenant, where nobody acts.

use tenancy::TenantRoot;
use uuid::Uuid;

#[derive(Debug, TenantRoot)]
#[tenancy(database = sqlx::Sqlite, policies)]
struct Shop {
    id: Uuid,
}

fn main() {}
