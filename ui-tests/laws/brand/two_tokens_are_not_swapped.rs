//! A token is not replaced by that of another tenant.

use sqlx::Sqlite;
use tenancy::{Db, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn swap(db: Db<Sqlite>, one: VerifiedTenant<Organization>, other: VerifiedTenant<Organization>) {
    tenancy::enter!(mut acme = one, &db);
    tenancy::enter!(mut globex = other, &db);
    std::mem::swap(&mut acme, &mut globex);
}

fn main() {}
