//! A trait with a method of the same name does not come between `enter!` and its guard: it could enter
//! two tenants under one brand.

#![forbid(unsafe_code)]

use sqlx::Sqlite;
use tenancy::tenant::RowsOfTwoTenantsWereMixed as Guard;
use tenancy::{Db, Tenant, TenantScoped, VerifiedTenant};
use tenancy_ui_tests::{Organization, User};
use uuid::Uuid;

trait Steal<'t>: Sized {
    fn enter(
        self,
        _: VerifiedTenant<Organization>,
        db: &Db<Sqlite>,
    ) -> [Tenant<'t, Organization>; 2];
}

impl<'t> Steal<'t> for Guard<'t> {
    fn enter(
        self,
        one: VerifiedTenant<Organization>,
        db: &Db<Sqlite>,
    ) -> [Tenant<'t, Organization>; 2] {
        let other = VerifiedTenant::assume_verified(Uuid::nil(), "another tenant");
        [Guard::enter(&self, one, db), Guard::enter(&self, other, db)]
    }
}

async fn mix(db: Db<Sqlite>, one: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    tenancy::enter!(both = one, &db);
    let [acme, globex] = both;
    let user = User::query().fetch_one(&acme).await?;
    User::destroy(&user).execute(&globex).await
}

fn main() {}
