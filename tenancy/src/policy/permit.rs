//! Permission: from a token and an action to the rows that it reaches.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::model::contract::{DatabaseOf, Model};
use crate::model::policed::{
    ByFieldPolicies, ByPolicies, ReadByTenants, Unpolicied, derived, derived_read_only,
};
use crate::policy::action;
use crate::policy::action::Action;
use crate::policy::actor::By;
use crate::policy::answers::Questions;
use crate::policy::contract::{Actor, Policy};
use crate::policy::deeper::{Target, Way, deciding, deep};
use crate::policy::masks::{Maskable, Masking, Masks};
use crate::policy::rules::Rules;
use crate::sealed::{SEAL, Seal};
use std::convert::Infallible;
use std::marker::PhantomData;

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
