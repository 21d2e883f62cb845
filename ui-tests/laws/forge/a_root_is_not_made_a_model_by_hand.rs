//! The rows of a tenant root are the tenants: no one creates or removes them from inside of one.
use tenancy::{TenantRoot, TenantScoped};
use uuid::Uuid;

#[derive(Debug, TenantRoot)]
struct Workspace {
    id: Uuid,
    name: String,
}

impl TenantScoped for Workspace {}

fn main() {}
