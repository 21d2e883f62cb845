//! Looking into other rows: only those that the actor may read are there.

use super::action::Action;
use super::actor::By;
use super::decided::Decided;
use super::permit::{ByFieldPolicies, ByPolicies, Permission, Unpolicied, Visit, derived};
use crate::barrier::{Actor, Policy};
use crate::expr::{And, Condition};
use crate::model::{DatabaseOf, Model};
use crate::seal::{SEAL, Seal};

/// The way of a model whose rows the rules of another one look into, on behalf of `A`. Sealed.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no policy of `{M}` says which of its rows `{A}` may see",
    label = "this looks into rows of `{M}`, which has policies of its own",
    note = "cover the action (`read`, or what `can(…)` names) for this actor in the `policies!` of `{M}`"
)]
pub trait Looks<M: Model, A: Actor, Act> {
    const SEALED: Seal;

    /// The rows that are there.
    type Seen<'q>: Seen<M>;

    /// Calls `then` with the rows that are there for the actor.
    fn look<T>(by: By<'_, A>, then: impl for<'q> FnOnce(Self::Seen<'q>) -> T) -> T;
}

/// The rows of a model that are there for an actor.
#[doc(hidden)]
pub trait Seen<M: Model>: Clone {
    type Narrowed<P: Permission<DatabaseOf<M>>>: Permission<DatabaseOf<M>>;

    /// Those of them that meet a condition.
    fn narrow<P: Permission<DatabaseOf<M>>>(
        self,
        condition: Condition<M, P>,
    ) -> Condition<M, Self::Narrowed<P>>;
}

/// All rows: the model has no policies.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Everything(());

impl Everything {
    pub(super) const ALL: Self = Self(());
}

impl<M: Model> Seen<M> for Everything {
    type Narrowed<P: Permission<DatabaseOf<M>>> = P;

    fn narrow<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> Condition<M, P> {
        condition
    }
}

impl<'q, M: Model> Seen<M> for Decided<'q, M, ()> {
    type Narrowed<P: Permission<DatabaseOf<M>>> = And<Self, P>;

    fn narrow<P: Permission<DatabaseOf<M>>>(
        self,
        condition: Condition<M, P>,
    ) -> Condition<M, And<Self, P>> {
        Condition::new(self).and(condition)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, A: Actor, Act> Looks<M, A, Act> for Unpolicied {
    const SEALED: Seal = SEAL;
    type Seen<'q> = Everything;

    fn look<T>(_: By<'_, A>, then: impl for<'q> FnOnce(Everything) -> T) -> T {
        const { derived::<M>(false, false) }
        then(Everything::ALL)
    }
}

macro_rules! by_policies {
    ($($way:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Policy<A, Act>, A: Actor, Act: Action> Looks<M, A, Act> for $way {
            const SEALED: Seal = SEAL;
            type Seen<'q> = Decided<'q, M, ()>;

            fn look<T>(by: By<'_, A>, then: impl for<'q> FnOnce(Decided<'q, M, ()>) -> T) -> T {
                let Some(by) = by.deeper() else {
                    return then(Decided::None);
                };
                let (mut then, mut told) = (Some(then), None);
                let mut tell =
                    |seen: Decided<'_, M, ()>| told = then.take().map(|then| then(seen));
                // The rules themselves: nothing of these rows comes back that would have to be masked.
                M::decide(by, Telling(&mut tell));
                told.expect("a policy tells its visitor once")
            }
        }
    )*};
}

by_policies! { ByPolicies ByFieldPolicies }

/// Tells which rows there are. Without a type of its own for whoever is told: rules that look into rows
/// whose rules look back would be types without end.
struct Telling<'f, M: Model>(&'f mut dyn FnMut(Decided<'_, M, ()>));

impl<M: Model> Visit<M> for Telling<'_, M> {
    type Output = ();

    fn all(self) {
        (self.0)(Decided::All);
    }

    fn none(self) {
        (self.0)(Decided::None);
    }

    fn filter<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) {
        (self.0)(Decided::rows(condition));
    }
}
