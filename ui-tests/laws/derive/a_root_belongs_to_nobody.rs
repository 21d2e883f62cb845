//! A root has no references, and no version.

use sqlx::Sqlite;
use tenancy::TenantRoot;
use tenancy_ui_tests::User;
use uuid::Uuid;

#[derive(TenantRoot)]
#[tenancy(database = Sqlite)]
struct Company {
    id: Uuid,
    #[tenancy(belongs_to = User)]
    founder_id: Uuid,
    #[tenancy(version)]
    version: i64,
}

fn main() {}
