//! A token that is leaked lives forever; its brand does not become `'static`.

use sqlx::Sqlite;
use tenancy::{Db, Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn keep(
    db: Db<Sqlite>,
    one: VerifiedTenant<Organization>,
) -> &'static Tenant<'static, Organization> {
    tenancy::enter!(acme = one, &db);
    Box::leak(Box::new(acme))
}

fn main() {}
