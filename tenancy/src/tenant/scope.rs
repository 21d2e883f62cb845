//! What statements run on.

use crate::db::Db;
use crate::execute::context::{Context, ContextOf};
use crate::model::contract::{DatabaseOf, Model, TenantRoot};
use crate::model::obligations::IsRoot;
use crate::model::scoping::Global;
use crate::policy::actor::{By, NoActor, NoTenant};
use crate::policy::contract::Actor;
use crate::sealed::{Inside, SEAL, Seal};
use crate::tenant::acting::Acting;
use crate::tenant::token::Tenant;
use crate::tenant::transaction::{Token, TokenTransaction};

/// What a statement on the model `M` runs on: a [`Tenant`] of its root or a transaction of one, and
/// for a model with `global = true` also the [`Db`], whose brand is `'static`. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{M}` belongs to a tenant: run this on a `Tenant` of its root, not on `{Self}`",
    label = "not a token of `{M}`'s tenants",
    note = "enter a tenant with `verified.scope(async |tenant| …)` or `tenancy::enter!(tenant = verified)` and pass `&tenant`"
)]
pub trait Scope<'t, M: Model> {
    /// Who acts.
    type Actor: Actor;

    #[doc(hidden)]
    const SEALED: Seal;

    /// Tenant, pool and transaction.
    #[doc(hidden)]
    fn context(&self) -> Context<'_, M::Root>;

    /// Who acts, for rules: whoever has this can ask them for conditions on what is hidden.
    #[doc(hidden)]
    fn by(&self, _: Inside) -> By<'_, Self::Actor>;
}

#[diagnostic::do_not_recommend]
impl<'t, T: TenantRoot, M: Model<Root: IsRoot<T>>> Scope<'t, M> for Tenant<'t, T> {
    type Actor = NoActor;
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, M::Root> {
        M::Root::same::<ContextOf<'_>>(Tenant::context(self)).about::<M>()
    }

    fn by(&self, _: Inside) -> By<'_, NoActor> {
        By::new(&NoActor::NOBODY)
    }
}

#[diagnostic::do_not_recommend]
impl<'t, T, A, M> Scope<'t, M> for Acting<'t, T, A>
where
    T: TenantRoot,
    A: Actor,
    M: Model<Root: IsRoot<T>>,
{
    type Actor = A;
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, M::Root> {
        M::Root::same::<ContextOf<'_>>(Tenant::context(&self.tenant)).about::<M>()
    }

    fn by(&self, _: Inside) -> By<'_, A> {
        By::new(&self.actor)
    }
}

#[diagnostic::do_not_recommend]
impl<'t, K: Token + Scope<'t, M>, M: Model> Scope<'t, M> for TokenTransaction<'_, K> {
    type Actor = K::Actor;
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, M::Root> {
        Scope::<M>::context(&**self)
    }

    fn by(&self, inside: Inside) -> By<'_, K::Actor> {
        Scope::<M>::by(&**self, inside)
    }
}

// Under a brand that no tenant has: what is read here is no tenant's proof of anything until it is adopted, which
// compares databases.
#[diagnostic::do_not_recommend]
impl<I, M: Model<Scoping = Global>> Scope<'static, M> for Db<DatabaseOf<M>, I> {
    type Actor = NoTenant;
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, M::Root> {
        Context::on(self.shared()).about::<M>()
    }

    fn by(&self, _: Inside) -> By<'_, NoTenant> {
        By::new(&NoTenant::NOBODY)
    }
}
