//! There is no tenant by default.

use tenancy::Tenant;
use tenancy_ui_tests::Organization;

fn forge<'t>() -> Tenant<'t, Organization> {
    Default::default()
}

fn main() {}
