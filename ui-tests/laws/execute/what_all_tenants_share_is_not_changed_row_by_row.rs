//! Nor is a row that all tenants share changed by one of them where the statement is about this one row, gives back what
//! it wrote, or runs under an action of the program's own.

use tenancy::policy::action::{self, Action};
use tenancy::{Scoped, Tenant, TenantScoped};
use tenancy_ui_tests::{NewPlan, Organization, Plan};

#[derive(Clone, Copy, Debug)]
struct Reprice;

impl Action for Reprice {
    type Like = action::Update;
    const NAME: &'static str = "reprice";
}

#[derive(Clone, Copy, Debug)]
struct Retire;

impl Action for Retire {
    type Like = action::Destroy;
    const NAME: &'static str = "retire";
}

#[derive(Clone, Copy, Debug)]
struct Offer;

impl Action for Offer {
    type Like = action::Create;
    const NAME: &'static str = "offer";
}

async fn update<'t>(acme: &Tenant<'t, Organization>, plan: &Scoped<'t, Plan>) {
    let update = || Plan::update(plan).set(|p| p.value.to("mine"));
    let _ = update().execute(acme).await;
    let _ = update().fetch_one(acme).await;
    let _ = update().action(Reprice).execute(acme).await;
    let _ = update().action(Reprice).fetch_one(acme).await;
}

async fn update_where(acme: &Tenant<'_, Organization>) {
    let update = || Plan::update_where(|p| p.key.eq("free")).set(|p| p.value.to("mine"));
    let _ = update().fetch_all(acme).await;
    let _ = update().action(Reprice).execute(acme).await;
    let _ = update().action(Reprice).fetch_all(acme).await;
}

async fn destroy<'t>(acme: &Tenant<'t, Organization>, plan: &Scoped<'t, Plan>) {
    let _ = Plan::destroy(plan).execute(acme).await;
    let _ = Plan::destroy(plan).fetch_one(acme).await;
    let _ = Plan::destroy(plan).action(Retire).execute(acme).await;
    let _ = Plan::destroy(plan).action(Retire).fetch_one(acme).await;
}

async fn destroy_where(acme: &Tenant<'_, Organization>) {
    let destroy = || Plan::destroy_where(|p| p.key.eq("free"));
    let _ = destroy().fetch_all(acme).await;
    let _ = destroy().action(Retire).execute(acme).await;
    let _ = destroy().action(Retire).fetch_all(acme).await;
}

async fn create(acme: &Tenant<'_, Organization>, new: fn() -> NewPlan) {
    let _ = Plan::create(new()).fetch_one(acme).await;
    let _ = Plan::create(new()).action(Offer).execute(acme).await;
    let _ = Plan::create(new()).action(Offer).fetch_one(acme).await;
    let _ = Plan::create_many([new()]).fetch_all(acme).await;
    let _ = Plan::create_each([Plan::create(new())]).execute(acme).await;
    let _ = Plan::create_each([Plan::create(new())]).fetch_all(acme).await;
    let _ = Plan::upsert(new()).on(|p| p.key).fetch_one(acme).await;
}

fn main() {}
