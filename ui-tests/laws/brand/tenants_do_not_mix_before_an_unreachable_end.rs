//! Two brands stay apart in an async function that waits forever, one token handed away.

use tenancy::{Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn same<'t>(_: Tenant<'t, Organization>, _: Tenant<'t, Organization>) {}

async fn mix(
    one: VerifiedTenant<Organization>,
    other: VerifiedTenant<Organization>,
) {
    tenancy::enter!(acme = one);
    tenancy::enter!(globex = other);
    same(acme, globex);
    std::future::pending::<()>().await;
    unreachable!()
}

fn main() {}
