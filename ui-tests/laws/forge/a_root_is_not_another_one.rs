//! Whether two roots are the same is not for anyone to say.

use sqlx::Sqlite;
use tenancy::TenantRoot;
use tenancy_ui_tests::Organization;
use uuid::Uuid;

#[derive(TenantRoot)]
#[tenancy(database = Sqlite)]
struct Company {
    id: Uuid,
}

impl tenancy::model::IsRoot<Company> for Organization {
    const CHECKED: () = ();
}

fn main() {}
