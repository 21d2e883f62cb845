//! An upsert names the columns of a unique index before it runs.

use tenancy::{Tenant, TenantScoped};
use tenancy_ui_tests::{NewUser, Organization, User};

async fn upsert(tenant: &Tenant<'_, Organization>, new: NewUser) {
    let _ = User::upsert(new).execute(tenant).await;
}

fn main() {}
