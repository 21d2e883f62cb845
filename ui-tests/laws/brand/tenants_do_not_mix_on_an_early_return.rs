//! Leaving early does not let two brands meet.

use sqlx::Sqlite;
use tenancy::{Db, Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn same<'t>(_: &Tenant<'t, Organization>, _: &Tenant<'t, Organization>) -> bool {
    true
}

fn mix(
    db: Db<Sqlite>,
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) -> u8 {
    tenancy::enter!(acme = one, &db);
    tenancy::enter!(globex = other, &db);
    if same(&acme, &globex) {
        return 1;
    }
    0
}

fn main() {}
