//! The statement form takes a verified tenant and a database.

use tenancy::VerifiedTenant;
use tenancy_ui_tests::Organization;

async fn enter(one: VerifiedTenant<Organization>) {
    tenancy::enter!(acme = one);
}

fn main() {}
