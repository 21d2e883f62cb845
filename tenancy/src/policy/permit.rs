//! Permission: from a token and an action to the rows that it reaches.

use std::convert::Infallible;
use std::marker::PhantomData;

use super::action::{self, Action};
use super::actor::By;
use super::answers::Questions;
use super::deeper::{Target, Way, deciding, deep};
use super::masks::{Maskable, Masking, Masks};
use super::rules::Rules;
use crate::backend::Backend;
use crate::barrier::{Actor, Policy};
use crate::expr::{Bind, Condition};
use crate::model::{DatabaseOf, Model};
use crate::seal::{SEAL, Seal};

/// The way of a model without policies: whoever has the tenant may do everything.
#[derive(Debug)]
pub struct Unpolicied(());

/// The way of a model without policies whose rows all tenants share: they read them, and the program writes
/// them on the [`Db`](crate::Db).
#[derive(Debug)]
pub struct ReadByTenants(());

/// The way of a model with policies: what they do not cover does not compile.
#[derive(Debug)]
pub struct ByPolicies(());

/// The way of a model with policies that also say which fields an actor sees.
#[derive(Debug)]
pub struct ByFieldPolicies(());

/// The way of this model is the one that was derived.
///
/// A derive says it twice, as a type and as data. The type is found where `#[tenancy(crate = …)]` points, and
/// there may be another one under its name.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub use tenancy::__private::Unpolicied as ByPolicies;
///     }
/// }
/// # use tenancy::{Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, policies, crate = facade)]
/// struct Letter { id: Uuid, text: String }
/// # fn f<'t>(acme: &Tenant<'t, Organization>) {
/// let letters = Letter::query().fetch_all(acme);
/// # }
/// # let _: for<'t> fn(&Tenant<'t, Organization>) = f;
/// ```
pub(crate) const fn derived<M: Model>(policied: bool, guarded: bool) {
    assert!(
        M::POLICIED == policied && M::GUARDED == guarded,
        "the policies of this model are not those that were derived"
    );
}

/// That tenants write the rows of this model, or do not, as was derived.
///
/// A derive says that twice, too.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub use tenancy::__private::Unpolicied as ReadByTenants;
///     }
/// }
/// # use tenancy::{Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, global = true, crate = facade)]
/// struct Plan { id: Uuid, name: String }
/// # fn f<'t>(acme: &Tenant<'t, Organization>) {
/// let removal = Plan::destroy_where(|p| p.name.eq("")).execute(acme);
/// # }
/// # let _: for<'t> fn(&Tenant<'t, Organization>) = f;
/// ```
const fn derived_read_only<M: Model>(read_only: bool) {
    derived::<M>(false, false);
    assert!(
        M::READ_ONLY == read_only,
        "whether tenants write the rows of this model is not what was derived"
    );
}

/// No actor. There are two, and a policy of every model for both: so rustc never takes the one real actor, or
/// one of these, for the only choice, and says who it is that there is no policy for.
#[doc(hidden)]
#[derive(Debug)]
pub struct Decoy<A, const N: u8 = 0>(Infallible, PhantomData<fn() -> A>);

impl<A, const N: u8> Decoy<A, N> {
    pub(crate) fn never(&self) -> ! {
        match self.0 {}
    }
}

impl<A, const N: u8> Clone for Decoy<A, N> {
    fn clone(&self) -> Self {
        self.never()
    }
}

/// What becomes of a statement, by the rows that its actor reaches.
#[doc(hidden)]
pub trait Visit<M: Model> {
    type Output;

    /// All rows.
    fn all(self) -> Self::Output;

    /// No row.
    fn none(self) -> Self::Output;

    /// The rows that meet a condition.
    fn filter<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> Self::Output;
}

/// What is left of a policy for the database to decide.
#[doc(hidden)]
pub trait Permission<DB: Backend>: Bind<DB> + Clone + Send {}

impl<DB: Backend, P: Bind<DB> + Clone + Send> Permission<DB> for P {}

/// A way that lets the actor `A` perform `Act` on `M`. Only this crate has such ways.
#[diagnostic::on_unimplemented(
    message = "no policy of `{M}` says whether `{A}` may do this: `{Act}`",
    label = "`{M}` has policies, and none for `{A}` and this action",
    note = "run this on the token of an actor (`tenant.acting_as(user)`), and cover the action in the `policies!` of `{M}` for it"
)]
pub trait Permits<M: Model, A: Actor, Act> {
    #[doc(hidden)]
    const SEALED: Seal;

    #[doc(hidden)]
    fn permit<V: Maskable<M>>(by: By<'_, A>, visit: V) -> V::Output;
    #[doc(hidden)]
    fn returned<V: Maskable<M>>(by: By<'_, A>, visit: V) -> V::Output;

    /// The columns that the rules name, and those for `read` as well, as bits.
    #[doc(hidden)]
    const NAMED: u128;

    /// The rules that must all allow it; none where there are no policies.
    #[doc(hidden)]
    const PARTS: &'static [&'static Rules];

    /// The same, where the row is read back.
    #[doc(hidden)]
    const RETURNED: &'static [&'static Rules];

    /// Tells every atom of the rules.
    #[doc(hidden)]
    fn ask<Q: Questions<M>>(by: By<'_, A>, row: Option<&M>, questions: &mut Q);
}

/// A way that lets the actor `A` create rows of `M`, and update those that are in their place: what
/// [`Permits`] it for both actions permits this.
#[diagnostic::on_unimplemented(
    message = "no policy of `{M}` says whether `{A}` may create its rows and update those in their place",
    label = "`{M}` has policies, and for this actor not those of an upsert",
    note = "run this on the token of an actor (`tenant.acting_as(user)`), and cover both `create` and `update` in `policies!`"
)]
pub trait PermitsUpsert<M: Model, A: Actor>:
    Permits<M, A, action::Create> + Permits<M, A, action::Update>
{
}

#[diagnostic::do_not_recommend]
impl<P, M: Model, A: Actor> PermitsUpsert<M, A> for P where
    P: Permits<M, A, action::Create> + Permits<M, A, action::Update>
{
}

#[diagnostic::do_not_recommend]
impl<M: Model, A: Actor, Act> Permits<M, A, Act> for Unpolicied {
    const SEALED: Seal = SEAL;

    fn permit<V: Maskable<M>>(_: By<'_, A>, visit: V) -> V::Output {
        const { derived_read_only::<M>(false) }
        visit.all()
    }

    fn returned<V: Maskable<M>>(_: By<'_, A>, visit: V) -> V::Output {
        const { derived_read_only::<M>(false) }
        visit.all()
    }

    const NAMED: u128 = 0;
    const PARTS: &'static [&'static Rules] = &[];
    const RETURNED: &'static [&'static Rules] = &[];

    fn ask<Q: Questions<M>>(_: By<'_, A>, _: Option<&M>, _: &mut Q) {}
}

// Whether the actor writes at all, `Writes` says.
#[diagnostic::do_not_recommend]
impl<M: Model, A: Actor, Act> Permits<M, A, Act> for ReadByTenants {
    const SEALED: Seal = SEAL;

    fn permit<V: Maskable<M>>(_: By<'_, A>, visit: V) -> V::Output {
        const { derived_read_only::<M>(true) }
        visit.all()
    }

    fn returned<V: Maskable<M>>(_: By<'_, A>, visit: V) -> V::Output {
        const { derived_read_only::<M>(true) }
        visit.all()
    }

    const NAMED: u128 = 0;
    const PARTS: &'static [&'static Rules] = &[];
    const RETURNED: &'static [&'static Rules] = &[];

    fn ask<Q: Questions<M>>(_: By<'_, A>, _: Option<&M>, _: &mut Q) {}
}

#[diagnostic::do_not_recommend]
impl<M: Policy<A, Act>, A: Actor, Act: Action> Permits<M, A, Act> for ByPolicies {
    const SEALED: Seal = SEAL;

    fn permit<V: Maskable<M>>(by: By<'_, A>, visit: V) -> V::Output {
        const { derived::<M>(true, false) }
        deciding(by, M::DEPTH, visit, |by, visit| M::decide(by, visit))
    }

    fn returned<V: Maskable<M>>(by: By<'_, A>, visit: V) -> V::Output {
        const { derived::<M>(true, false) }
        deciding(by, M::DEPTH, visit, |by, visit| M::returned(by, visit))
    }

    const NAMED: u128 = M::NAMED;
    const PARTS: &'static [&'static Rules] = M::PARTS;
    const RETURNED: &'static [&'static Rules] = M::RETURNED;

    fn ask<Q: Questions<M>>(by: By<'_, A>, row: Option<&M>, questions: &mut Q) {
        let by = by.at(0, Way::As(Target::new::<M, Act>(), deep(M::DEPTH)));
        M::ask(by, row, questions);
    }
}

/// Tells `with` which guarded fields the actor sees.
fn fields<M: Policy<A, Act>, A: Actor, Act, R>(
    by: By<'_, A>,
    with: impl FnOnce(Masks<'_, M>) -> R,
) -> R {
    deciding(by, M::DEPTH, with, |by, attempt| {
        M::fields(by, |masks| attempt.told(|with| with(masks)))
    })
}

#[diagnostic::do_not_recommend]
impl<M: Policy<A, Act>, A: Actor, Act: Action> Permits<M, A, Act> for ByFieldPolicies {
    const SEALED: Seal = SEAL;

    fn permit<V: Maskable<M>>(by: By<'_, A>, visit: V) -> V::Output {
        const { derived::<M>(true, true) }
        fields::<M, A, Act, _>(by, |masks| match Masking::new(visit, masks) {
            Ok(masked) => deciding(by, M::DEPTH, masked, |by, visit| M::decide(by, visit)),
            Err(visit) => deciding(by, M::DEPTH, visit, |by, visit| M::decide(by, visit)),
        })
    }

    fn returned<V: Maskable<M>>(by: By<'_, A>, visit: V) -> V::Output {
        const { derived::<M>(true, true) }
        fields::<M, A, Act, _>(by, |masks| match Masking::new(visit, masks) {
            Ok(masked) => deciding(by, M::DEPTH, masked, |by, visit| M::returned(by, visit)),
            Err(visit) => deciding(by, M::DEPTH, visit, |by, visit| M::returned(by, visit)),
        })
    }

    const NAMED: u128 = M::NAMED;
    const PARTS: &'static [&'static Rules] = M::PARTS;
    const RETURNED: &'static [&'static Rules] = M::RETURNED;

    fn ask<Q: Questions<M>>(by: By<'_, A>, row: Option<&M>, questions: &mut Q) {
        let by = by.at(0, Way::As(Target::new::<M, Act>(), deep(M::DEPTH)));
        M::ask(by, row, questions);
    }
}
