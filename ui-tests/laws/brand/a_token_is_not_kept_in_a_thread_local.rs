//! A thread-local variable outlives every scope.

use sqlx::Sqlite;
use tenancy::{Db, Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

std::thread_local! {
    static CURRENT: std::cell::RefCell<Option<Tenant<'static, Organization>>> =
        const { std::cell::RefCell::new(None) };
}

async fn keep(db: Db<Sqlite>, one: VerifiedTenant<Organization>) {
    one.scope(&db, async |acme| CURRENT.set(Some(acme))).await
}

fn main() {}
