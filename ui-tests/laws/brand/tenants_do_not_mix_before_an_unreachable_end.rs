//! Two brands stay apart in an async function that waits forever, one token handed away.

use sqlx::Sqlite;
use tenancy::{Db, Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn same<'t>(_: Tenant<'t, Organization>, _: Tenant<'t, Organization>) {}

async fn mix(
    db: Db<Sqlite>,
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) {
    tenancy::enter!(acme = one, &db);
    tenancy::enter!(globex = other, &db);
    same(acme, globex);
    std::future::pending::<()>().await;
    unreachable!()
}

fn main() {}
