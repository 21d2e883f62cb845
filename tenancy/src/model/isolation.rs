//! What a [`Db`](crate::Db) does to keep tenants apart, beyond the statements themselves.

use crate::model::contract::TenantRoot;
use crate::sealed::{SEAL, Seal};
use std::marker::PhantomData;

/// What a [`Db`](crate::Db) does to keep tenants apart. Sealed.
pub trait Isolation: 'static {
    #[doc(hidden)]
    const SEALED: Seal;
    /// Whether the database knows the tenant of every statement.
    #[doc(hidden)]
    const RLS: bool;
    /// Whether tenants have databases of their own.
    #[doc(hidden)]
    const DATABASES: bool;
}

/// That the handle of a root does what was derived.
///
/// A derive says it twice, as a type and by constants. The type is found where `#[tenancy(crate = …)]` points, and
/// there may be another one under its name; the constants are not.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub use tenancy::__private::PlainDb as Rls;
///     }
/// }
/// # use tenancy::{Db, Root as _, TenantRoot};
/// #[derive(Debug, TenantRoot)]
/// #[tenancy(database = sqlx::Postgres, rls, crate = facade)]
/// struct Organization { id: uuid::Uuid, name: String }
/// fn verify(db: &Db<sqlx::Postgres>, id: uuid::Uuid) {
///     drop(Organization::verify(db, id));
/// }
/// # fn main() { let _: fn(&Db<sqlx::Postgres>, uuid::Uuid) = verify; }
/// ```
pub(crate) const fn derived<R: TenantRoot>() {
    assert!(
        R::Isolation::RLS == R::RLS && R::Isolation::DATABASES == R::DATABASES,
        "what the handle of this root does is not what was derived"
    );
}

/// Nothing more: the statements see to it.
#[derive(Debug)]
pub struct Plain(());

/// The database knows the tenant of every statement, and its row-level security refuses the rows of others:
/// `#[tenancy(rls)]` at the root, on PostgreSQL. [`Db::with_rls`](crate::Db::with_rls) makes one.
#[derive(Debug)]
pub struct Rls(());

/// The tenants of the root `R` have databases of their own, beside one that they share: `#[tenancy(databases)]`
/// at the root. [`Db::with_databases`](crate::Db::with_databases) makes one. `I` is what the shared one does.
#[derive(Debug)]
pub struct Databases<R, I = Plain>(PhantomData<fn() -> (R, I)>);

impl Isolation for Plain {
    const SEALED: Seal = SEAL;
    const RLS: bool = false;
    const DATABASES: bool = false;
}

impl Isolation for Rls {
    const SEALED: Seal = SEAL;
    const RLS: bool = true;
    const DATABASES: bool = false;
}

impl<R: TenantRoot, I: Isolation> Isolation for Databases<R, I> {
    const SEALED: Seal = SEAL;
    const RLS: bool = I::RLS;
    const DATABASES: bool = true;
}
