//! What statements run on.

use super::token::Tenant;
use super::transaction::TenantTransaction;
use crate::check::IsRoot;
use crate::db::Db;
use crate::execute::Context;
use crate::model::{DatabaseOf, Global, Model, TenantRoot};
use crate::seal::{SEAL, Seal};

/// What a statement on the model `M` runs on: a [`Tenant`] of its root or a transaction of one, and
/// for a model with `global = true` also the [`Db`]. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{M}` belongs to a tenant: run this on a `Tenant` of its root, not on `{Self}`",
    label = "not a token of `{M}`'s tenants",
    note = "enter a tenant with `verified.scope(async |tenant| …)` or `tenancy::enter!(tenant = verified)` and pass `&tenant`"
)]
pub trait Scope<'t, M: Model> {
    #[doc(hidden)]
    const SEALED: Seal;

    /// Tenant, pool and transaction.
    #[doc(hidden)]
    fn context(&self) -> Context<'_, M::Root>;
}

#[diagnostic::do_not_recommend]
impl<'t, T: TenantRoot, M: Model<Root: IsRoot<T>>> Scope<'t, M> for Tenant<'t, T> {
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, M::Root> {
        M::Root::context(Tenant::context(self))
    }
}

#[diagnostic::do_not_recommend]
impl<'t, T: TenantRoot, M: Model<Root: IsRoot<T>>> Scope<'t, M> for TenantTransaction<'_, 't, T> {
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, M::Root> {
        M::Root::context(Tenant::context(self))
    }
}

#[diagnostic::do_not_recommend]
impl<'t, M: Model<Scoping = Global>> Scope<'t, M> for Db<DatabaseOf<M>> {
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, M::Root> {
        Context {
            pool: self.pool(),
            slot: None,
            tenant: None,
        }
    }
}
