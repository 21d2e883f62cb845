//! Rows that all tenants share are read by each of them, and neither written nor locked.

use tenancy::{Tenant, TenantScoped, TenantTransaction};
use tenancy_ui_tests::{NewPlan, Organization, Plan};

async fn update(acme: &Tenant<'_, Organization>) {
    let update = Plan::update_where(|p| p.key.eq("free")).set(|p| p.value.to("mine"));
    let _ = update.execute(acme).await;
}

async fn create(acme: &Tenant<'_, Organization>, new: NewPlan) {
    let _ = Plan::create(new).execute(acme).await;
}

async fn create_many(acme: &Tenant<'_, Organization>, new: NewPlan) {
    let _ = Plan::create_many([new]).execute(acme).await;
}

async fn upsert(acme: &Tenant<'_, Organization>, new: NewPlan) {
    let _ = Plan::upsert(new).on(|p| p.key).execute(acme).await;
}

async fn destroy(tx: &TenantTransaction<'_, '_, Organization>) {
    let _ = Plan::destroy_where(|p| p.key.eq("free")).execute(tx).await;
}

fn main() {}
