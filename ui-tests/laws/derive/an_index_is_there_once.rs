//! An index that is there already has no effect.

use tenancy::TenantScoped;
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, unique(kind, number), unique(number, kind), index(kind), index(open, number), index(id))]
struct Task {
    id: Uuid,
    #[tenancy(belongs_to = User, index)]
    owner_id: Uuid,
    kind: String,
    #[tenancy(index)]
    open: bool,
    number: i64,
}

#[derive(Debug, TenantScoped)]
#[tenancy(root = Organization, unique(kind), index(number), index(number))]
struct Other {
    id: Uuid,
    #[tenancy(unique)]
    kind: String,
    number: i64,
}

fn main() {}
