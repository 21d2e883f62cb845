//! What goes with a row is named by foreign keys, each once; of its own kind by one of them; and not with a tenant.

use tenancy::{TenantRoot, TenantScoped};
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantScoped)]
#[tenancy(root = Organization, destroys)]
struct Nothing {
    id: Uuid,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, destroys())]
struct NoKeys {
    id: Uuid,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, destroys(binder_id))]
struct NoKey {
    id: Uuid,
}

#[derive(TenantScoped)]
#[tenancy(root = Organization, destroys(Twice.one_id, Twice.other_id), destroys(Twice.one_id))]
struct Twice {
    id: Uuid,
    #[tenancy(belongs_to = Twice)]
    one_id: Option<Uuid>,
    #[tenancy(belongs_to = Twice)]
    other_id: Option<Uuid>,
}

#[derive(TenantRoot)]
#[tenancy(database = sqlx::Sqlite, destroys(Twice.one_id))]
struct Company {
    id: Uuid,
}

fn main() {}
