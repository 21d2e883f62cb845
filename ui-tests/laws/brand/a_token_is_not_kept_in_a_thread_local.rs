//! A thread-local variable outlives every scope.

use tenancy::{Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

std::thread_local! {
    static CURRENT: std::cell::RefCell<Option<Tenant<'static, Organization>>> =
        const { std::cell::RefCell::new(None) };
}

async fn keep(one: VerifiedTenant<Organization>) {
    one.scope(async |acme| CURRENT.set(Some(acme))).await
}

fn main() {}
