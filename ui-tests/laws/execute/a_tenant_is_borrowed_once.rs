//! A parameter that is a reference already is passed as it is.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};

async fn read(tenant: &Tenant<'_, Organization>) {
    let _ = User::query().fetch_all(&tenant).await;
}

fn main() {}
