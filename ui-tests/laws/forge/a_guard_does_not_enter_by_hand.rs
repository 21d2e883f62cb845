//! A guard that entered two tenants would give both the same brand.

use sqlx::Sqlite;
use tenancy::{Db, Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn enter<'t>(
    guard: &tenancy::tenant::RowsOfTwoTenantsWereMixed<'t>,
    one: VerifiedTenant<Organization>,
    db: &Db<Sqlite>,
) -> Tenant<'t, Organization> {
    guard.enter(one, db)
}

fn main() {}
