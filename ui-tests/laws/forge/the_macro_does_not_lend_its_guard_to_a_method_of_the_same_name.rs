//! A trait with a method of the same name does not come between `enter!` and its guard: it could enter
//! two tenants under one brand.

#![forbid(unsafe_code)]

use tenancy::tenant::RowsOfTwoTenantsWereMixedOrATokenWasBorrowedForItsOwnBrand as Guard;
use tenancy::{Tenant, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

trait Steal<'t>: Sized {
    fn entered_by_enter(self, _: VerifiedTenant<Organization>) -> [Tenant<'t, Organization>; 2];
}

impl<'t> Steal<'t> for Guard<'t> {
    fn entered_by_enter(self, one: VerifiedTenant<Organization>) -> [Tenant<'t, Organization>; 2] {
        let other = VerifiedTenant::assume_verified(one.db(), Uuid::nil(), "another tenant");
        [Guard::entered_by_enter(&self, one), Guard::entered_by_enter(&self, other)]
    }
}

async fn mix(one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    tenancy::enter!(both = one);
    let [acme, globex] = both;
    let user = User::query().fetch_one(&acme).await?;
    User::destroy(&user).execute(&globex).await
}

fn main() {}
