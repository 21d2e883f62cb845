//! What statements run on.

use super::token::Tenant;
use super::transaction::{Token, TokenTransaction};
use crate::barrier::Actor;
use crate::check::IsRoot;
use crate::db::Db;
use crate::execute::Context;
use crate::model::{DatabaseOf, Global, Model, TenantRoot};
use crate::policy::action::Read;
use crate::policy::{Acting, By, NoActor, Permits, Visit};
use crate::seal::{SEAL, Seal};

/// What a statement on the model `M` runs on: a [`Tenant`] of its root or a transaction of one, and
/// for a model with `global = true` also the [`Db`]. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{M}` belongs to a tenant: run this on a `Tenant` of its root, not on `{Self}`",
    label = "not a token of `{M}`'s tenants",
    note = "enter a tenant with `verified.scope(async |tenant| …)` or `tenancy::enter!(tenant = verified)` and pass `&tenant`"
)]
pub trait Scope<'t, M: Model, Act = Read> {
    #[doc(hidden)]
    const SEALED: Seal;

    /// Tenant, pool and transaction.
    #[doc(hidden)]
    fn context(&self) -> Context<'_, M::Root>;

    /// Tells `visit` which rows may be reached.
    #[doc(hidden)]
    fn permit<V: Visit<M>>(&self, visit: V) -> V::Output;

    /// Tells `visit` which rows may be read.
    #[doc(hidden)]
    fn visible<V: Visit<M>>(&self, visit: V) -> V::Output;

    /// Tells `visit` which of the rows that may be reached may be read, too.
    #[doc(hidden)]
    fn returned<V: Visit<M>>(&self, visit: V) -> V::Output;
}

impl<'t, T: TenantRoot, M, Act> Scope<'t, M, Act> for Tenant<'t, T>
where
    M: Model<Root: IsRoot<T>, Policies: Permits<M, NoActor, Act>>,
{
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, M::Root> {
        M::Root::context(Tenant::context(self))
    }

    fn permit<V: Visit<M>>(&self, visit: V) -> V::Output {
        M::Policies::permit(By::new(&()), visit)
    }

    fn visible<V: Visit<M>>(&self, visit: V) -> V::Output {
        M::Policies::visible(By::new(&()), visit)
    }

    fn returned<V: Visit<M>>(&self, visit: V) -> V::Output {
        M::Policies::returned(By::new(&()), visit)
    }
}

impl<'t, T: TenantRoot, A: Actor, M, Act> Scope<'t, M, Act> for Acting<'t, T, A>
where
    M: Model<Root: IsRoot<T>, Policies: Permits<M, A, Act>>,
{
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, M::Root> {
        M::Root::context(Tenant::context(&self.tenant))
    }

    fn permit<V: Visit<M>>(&self, visit: V) -> V::Output {
        M::Policies::permit(By::new(&self.actor), visit)
    }

    fn visible<V: Visit<M>>(&self, visit: V) -> V::Output {
        M::Policies::visible(By::new(&self.actor), visit)
    }

    fn returned<V: Visit<M>>(&self, visit: V) -> V::Output {
        M::Policies::returned(By::new(&self.actor), visit)
    }
}

impl<'t, K, M: Model, Act> Scope<'t, M, Act> for TokenTransaction<'_, K>
where
    K: Token + Scope<'t, M, Act>,
{
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, M::Root> {
        Scope::<M, Act>::context(&**self)
    }

    fn permit<V: Visit<M>>(&self, visit: V) -> V::Output {
        Scope::<M, Act>::permit(&**self, visit)
    }

    fn visible<V: Visit<M>>(&self, visit: V) -> V::Output {
        Scope::<M, Act>::visible(&**self, visit)
    }

    fn returned<V: Visit<M>>(&self, visit: V) -> V::Output {
        Scope::<M, Act>::returned(&**self, visit)
    }
}

#[diagnostic::do_not_recommend]
impl<'t, M, Act> Scope<'t, M, Act> for Db<DatabaseOf<M>>
where
    M: Model<Scoping = Global, Policies: Permits<M, NoActor, Act>>,
{
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, M::Root> {
        Context {
            pool: self.pool(),
            slot: None,
            tenant: None,
        }
    }

    fn permit<V: Visit<M>>(&self, visit: V) -> V::Output {
        M::Policies::permit(By::new(&()), visit)
    }

    fn visible<V: Visit<M>>(&self, visit: V) -> V::Output {
        M::Policies::visible(By::new(&()), visit)
    }

    fn returned<V: Visit<M>>(&self, visit: V) -> V::Output {
        M::Policies::returned(By::new(&()), visit)
    }
}
