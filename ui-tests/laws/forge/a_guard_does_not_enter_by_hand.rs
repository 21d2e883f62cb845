//! A guard that entered two tenants would give both the same brand.

use tenancy::{Tenant, VerifiedTenant};
use tenancy_ui_tests::Organization;

fn enter<'t>(
    guard: &tenancy::tenant::RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand<'t>,
    one: VerifiedTenant<Organization>,
) -> Tenant<'t, Organization> {
    guard.entered_by_enter(one)
}

fn main() {}
