//! A struct that holds a token has its brand, and does not leave the scope either.

use tenancy::{Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

struct Service<'t> {
    tenant: Tenant<'t, Organization>,
}

async fn leave(one: VerifiedTenant<Organization>) {
    let service = one.scope(async |tenant| Service { tenant }).await;
    println!("{:?}", service.tenant.id());
}

fn main() {}
