//! Two brands stay apart in a function that ends in a panic.

use sqlx::Sqlite;
use tenancy::{Db, Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn same<'t>(_: &Tenant<'t, Organization>, _: &Tenant<'t, Organization>) {}

fn mix(db: Db<Sqlite>, one: VerifiedTenant<Organization>, other: VerifiedTenant<Organization>) {
    tenancy::enter!(acme = one, &db);
    tenancy::enter!(globex = other, &db);
    same(&acme, &globex);
    panic!("the end");
}

fn main() {}
