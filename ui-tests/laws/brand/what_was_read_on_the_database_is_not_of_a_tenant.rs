//! A row that was read on the database, outside of tenants, neither acts in one nor is referred to there, until the
//! tenant adopts it, which compares databases.

use tenancy::{Db, Scoped, Tenant, TenantScoped};
use tenancy_ui_tests::{Organization, Plan};

async fn act<'t>(acme: Tenant<'t, Organization>, db: &Db<sqlx::Sqlite>) -> tenancy::Result<()> {
    let plan = Plan::find("free").fetch_one(db).await?;
    let _ = acme.acting_as(plan);
    Ok(())
}

fn one<'t>(_: &Tenant<'t, Organization>, plan: Scoped<'static, Plan>) -> Scoped<'t, Plan> {
    plan
}

fn main() {}
