//! A reference to a token has a lifetime of its own: with that of the brand, the token would be borrowed until
//! after it is gone.

use tenancy::{Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

struct Service<'t> {
    tenant: &'t Tenant<'t, Organization>,
}

fn serve(one: VerifiedTenant<Organization>) {
    tenancy::enter!(acme = one);
    let service = Service { tenant: &acme };
    println!("{:?}", service.tenant.id());
}

fn main() {}
