//! A struct that holds a token has its brand, and does not leave the scope either.

use sqlx::Sqlite;
use tenancy::{Db, Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

struct Service<'t> {
    tenant: Tenant<'t, Organization>,
}

async fn leave(db: Db<Sqlite>, one: VerifiedTenant<Organization>) {
    let service = one.scope(&db, async |tenant| Service { tenant }).await;
    println!("{:?}", service.tenant.id());
}

fn main() {}
