//! Who may read a row knows which it is, whose, and in which version; and what it refers to.

use tenancy::{Masked, TenantScoped};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, policies)]
struct Employee {
    #[tenancy(guarded)]
    id: Masked<Uuid>,
    #[tenancy(guarded)]
    tenant_id: Masked<Uuid>,
    #[tenancy(guarded, belongs_to = User)]
    user_id: Masked<Uuid>,
    #[tenancy(guarded, version)]
    version: Masked<i64>,
}

fn main() {}
