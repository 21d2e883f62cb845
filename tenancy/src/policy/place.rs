//! Where an actor acts: in a tenant, or outside of all of them. What tenants share is another matter from
//! each of the two.

use crate::model::contract::Model;
use crate::model::obligations::SeenFrom;
use crate::model::policed::{ByFieldPolicies, ByPolicies, ReadByTenants, Unpolicied};
use crate::model::scoping::{Global, InSchema, Tenanted};
use crate::policy::actor::State;
use crate::policy::contract::Actor;
use crate::sealed::{SEAL, Seal};

/// On the token of a tenant.
#[doc(hidden)]
#[derive(Debug)]
pub struct InTenant(());

/// On the [`Db`](crate::Db), without a tenant.
#[doc(hidden)]
#[derive(Debug)]
pub struct OutsideTenants(());

/// Where the actor `A` acts.
pub(crate) type PlaceOf<A> = <<A as Actor>::State as State<A>>::Place;

/// An actor that writes rows of `M`: any, unless they are shared by all tenants and nothing says who writes
/// them (`ui-tests/laws/execute/`). Sealed.
///
/// ```compile_fail,E0277
/// # use tenancy::{Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid, name: String }
/// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization, global = true)]
/// # struct Plan { id: Uuid, price: i64 }
/// # fn f(acme: &Tenant<'_, Organization>) {
/// let cheaper = Plan::update_where(|p| p.price.gt(0)).set(|p| p.price.to(0));
/// drop(cheaper.execute(acme)); // for everybody: `cheaper.execute(acme.db())`
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{M}` is shared by all tenants (`global = true`): on the token of one, its rows are read and not written",
    label = "this would write, or lock, what all tenants see",
    note = "write it on the `Db`, which is no tenant's: `.execute(tenant.db())`",
    note = "or declare who may: `#[tenancy(global = true, policies)]` with rules, or `#[tenancy(global = true, written_by_tenants)]` if every tenant may"
)]
pub trait Writes<M> {
    #[doc(hidden)]
    const SEALED: Seal;
}

#[diagnostic::do_not_recommend]
impl<A: Actor, M: Model<Policies: WrittenFrom<PlaceOf<A>>>> Writes<M> for A {
    const SEALED: Seal = SEAL;
}

/// The way of a model whose rows are written at a place. Sealed.
#[doc(hidden)]
pub trait WrittenFrom<Place> {
    #[doc(hidden)]
    const SEALED: Seal;
}

macro_rules! written_from {
    ($($way:ident $(at $place:ty)?;)*) => {$(
        written_from!(@ $way $($place)?);
    )*};
    (@ $way:ident) => {
        impl<Place> WrittenFrom<Place> for $way {
            const SEALED: Seal = SEAL;
        }
    };
    (@ $way:ident $place:ty) => {
        impl WrittenFrom<$place> for $way {
            const SEALED: Seal = SEAL;
        }
    };
}

written_from! {
    Unpolicied;
    ByPolicies;
    ByFieldPolicies;
    ReadByTenants at OutsideTenants;
}

/// A model whose rows the rules of `N` may ask for on behalf of `A`. Sealed.
///
/// What a sub-query of a filter may look into ([`SubqueryOf`](crate::check::SubqueryOf)), and from a global model
/// the rows of the tenant as well, since an actor in a tenant acts nowhere else.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "rules of `{N}` for `{A}` cannot ask rows of `{Self}`",
    label = "`{Self}` is not there wherever these rules are asked",
    note = "rules for `NoTenant` are asked on the `Db`, where there is no tenant whose rows they could ask",
    note = "what is in the tenant's own database (`strategy = database`) and what is not cannot be seen from each other"
)]
pub trait AskedBy<N, A> {
    #[doc(hidden)]
    const SEALED: Seal;
}

#[diagnostic::do_not_recommend]
impl<N, M, A> AskedBy<N, A> for M
where
    N: Model,
    M: Model<Scoping: AskedFrom<N::Scoping, PlaceOf<A>>>,
    A: Actor,
{
    const SEALED: Seal = SEAL;
}

/// A scoping whose rows there are for rules of the scoping `S`, at a place. Sealed.
#[doc(hidden)]
pub trait AskedFrom<S, Place> {
    #[doc(hidden)]
    const SEALED: Seal;
}

impl<S, Place, X: SeenFrom<S>> AskedFrom<S, Place> for X {
    const SEALED: Seal = SEAL;
}

impl AskedFrom<Global, InTenant> for Tenanted {
    const SEALED: Seal = SEAL;
}

impl<const C: bool> AskedFrom<Global, InTenant> for InSchema<C> {
    const SEALED: Seal = SEAL;
}
