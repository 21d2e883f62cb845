//! A stream knows whose rows it gives.

use sqlx::Sqlite;
use tenancy::{Db, Tenant, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};

fn same<'e, 't>(_: tenancy::execute::Rows<'e, 't, User>, _: &Tenant<'t, Organization>) {}

fn mix(db: Db<Sqlite>, one: VerifiedTenant<Organization>, other: VerifiedTenant<Organization>) {
    tenancy::enter!(acme = one, &db);
    tenancy::enter!(globex = other, &db);
    same(User::query().fetch(&acme), &globex);
}

fn main() {}
