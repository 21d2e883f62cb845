//! A mistake at the root is one message, however many models it has.

use sqlx::Sqlite;
use tenancy::{Tenant, TenantRoot, TenantScoped};
use uuid::Uuid;

#[derive(TenantRoot)]
#[tenancy(database = Sqlite, tabel = "companies")]
struct Company {
    id: Uuid,
}

#[derive(TenantScoped)]
#[tenancy(root = Company)]
struct Invoice {
    id: Uuid,
    tenant_id: Uuid,
}

async fn use_it(tenant: &Tenant<'_, Company>) -> tenancy::Result<u64> {
    Invoice::query().count(tenant).await
}

fn main() {}
