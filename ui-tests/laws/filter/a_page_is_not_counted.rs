//! A count is of all rows; counting a page would be a surprise.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, User};

async fn count(tenant: &Tenant<'_, Organization>) {
    let _ = User::query().limit(1).count(tenant).await;
}

fn main() {}
