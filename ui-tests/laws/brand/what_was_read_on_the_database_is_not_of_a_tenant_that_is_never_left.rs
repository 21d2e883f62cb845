//! Nor does a function that never returns make the tenant's brand that of the database.

use tenancy::{Scoped, Tenant, VerifiedTenant};
use tenancy_ui_tests::{Organization, Plan};

fn of<'t>(_: &Tenant<'t, Organization>, _: Scoped<'t, Plan>) {}

fn serve(verified: VerifiedTenant<Organization>, plan: Scoped<'static, Plan>) -> ! {
    tenancy::enter!(acme = verified);
    of(&acme, plan);
    loop {}
}

async fn serve_async(verified: VerifiedTenant<Organization>, plan: Scoped<'static, Plan>) {
    tenancy::enter!(acme = verified);
    of(&acme, plan);
    std::future::pending::<()>().await;
    std::process::exit(0)
}

fn main() {}
