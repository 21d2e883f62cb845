//! A root's database and key are the root's to mend.

use tenancy::{TenantRoot, TenantScoped};
use uuid::Uuid;

#[derive(TenantRoot)]
#[tenancy(database = String)]
struct Company {
    id: u64,
}

#[derive(TenantScoped)]
#[tenancy(root = Company)]
struct Invoice {
    id: Uuid,
    tenant_id: u64,
    number: String,
}

fn main() {
    let _ = Invoice::query().filter(|i| i.number.eq("1"));
}
