//! What only `policies!` and the derives may implement: who acts, what rules say, and what is removed along.
#![allow(unsafe_code)]

use crate::model::contract::{Model, Owned};
use crate::policy::actor::{By, ModelActor, NoActor, NoTenant, State};
use crate::policy::answers::Questions;
use crate::policy::decided::Decided;
use crate::policy::masks::Masks;
use crate::policy::permit::{Decoy, Visit};
use crate::policy::rules::Rules;
use crate::sealed::{SEAL, Seal};
use std::marker::PhantomData;

/// Who may act on a tenant: a row of a model with `#[derive(TenantScoped)]`, a part of the program with
/// `#[derive(SystemActor)]`, [`NoActor`](crate::NoActor) or, outside of tenants, [`NoTenant`](crate::NoTenant).
///
/// # Safety
///
/// The state must be that of a row of the model, or of the system actor.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot act",
    label = "not an actor",
    note = "an actor is a model with `#[derive(TenantScoped)]`, or a part of the program with `#[derive(tenancy::SystemActor)]`"
)]
pub unsafe trait Actor: Sized + Send + Sync + 'static {
    /// What a token keeps of the actor.
    #[doc(hidden)]
    type State: State<Self>;
}

// SAFETY: the state is made of a row.
#[diagnostic::do_not_recommend]
unsafe impl<M: Owned> Actor for M {
    type State = ModelActor<M>;
}

// SAFETY: there is only one.
unsafe impl Actor for NoActor {
    type State = NoActor;
}

// SAFETY: there is only one.
#[diagnostic::do_not_recommend]
unsafe impl Actor for NoTenant {
    type State = NoTenant;
}

// SAFETY: there is none.
unsafe impl<A: 'static, const N: u8> Actor for Decoy<A, N> {
    type State = Self;
}

/// A model whose policies can be asked, atom by atom, about the actor `A` and a row.
///
/// # Safety
///
/// As for [`Policy`]; and the atoms must be those that its rules are made of.
#[doc(hidden)]
pub unsafe trait Judged<A: Actor>: Model {
    /// How many rows away the rules are followed, if they say it.
    #[doc(hidden)]
    const DEPTH: Option<u8> = None;

    /// Tells every atom. `row` is the row in memory, if there is one.
    #[doc(hidden)]
    fn ask<Q: Questions<Self>>(by: By<'_, A>, row: Option<&Self>, questions: &mut Q);
}

/// A model whose policies let the actor `A` perform `Act`, on some rows or on none.
///
/// # Safety
///
/// Implemented by [`policies!`](crate::policies) only: what is written there is what people review.
pub unsafe trait Policy<A: Actor, Act>: Judged<A> {
    /// The columns that the rules name, as bits.
    #[doc(hidden)]
    const NAMED: u128;
    /// The rules that must all allow it: those for `read`, too, where the action needs them.
    #[doc(hidden)]
    const PARTS: &'static [&'static Rules];
    /// The same, where the row is read back.
    #[doc(hidden)]
    const RETURNED: &'static [&'static Rules] = Self::PARTS;

    /// Tells `visit` which rows the action reaches.
    #[doc(hidden)]
    fn decide<V: Visit<Self>>(by: By<'_, A>, visit: V) -> V::Output;

    /// Tells `visit` which of the rows that the action reaches may be read, too.
    #[doc(hidden)]
    fn returned<V: Visit<Self>>(by: By<'_, A>, visit: V) -> V::Output {
        Self::decide(by, visit)
    }

    /// Tells `with` which guarded fields may be seen: none, unless there are rules for them.
    #[doc(hidden)]
    fn fields<R>(_: By<'_, A>, with: impl FnOnce(Masks<'_, Self>) -> R) -> R {
        with(Masks::new([]))
    }
}

macro_rules! decoys {
    ($($number:literal)*) => {$(
        // SAFETY: there is no such actor.
        #[diagnostic::do_not_recommend]
        unsafe impl<M: Model, A: 'static> Judged<Decoy<A, $number>> for M {
            fn ask<Q: Questions<Self>>(
                by: By<'_, Decoy<A, $number>>,
                _: Option<&Self>,
                _: &mut Q,
            ) {
                by.actor().never()
            }
        }

        // SAFETY: there is no such actor.
        #[diagnostic::do_not_recommend]
        unsafe impl<M: Model, A: 'static, Act> Policy<Decoy<A, $number>, Act> for M {
            const NAMED: u128 = 0;
            const PARTS: &'static [&'static Rules] = &[];

            fn decide<V: Visit<Self>>(by: By<'_, Decoy<A, $number>>, _: V) -> V::Output {
                by.actor().never()
            }
        }
    )*};
}

decoys! { 0 1 }

/// A model that says what is removed with its rows, and whether `A` may remove that.
///
/// `L` says how many levels of models are left: those that go with each other would have no end.
///
/// # Safety
///
/// Implemented by derives only: for every key that the model declares with `destroys`, what goes by it must be
/// asked.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "nothing is known of what is removed with a row of `{Self}`",
    label = "not known for every actor",
    note = "a function that is generic over the model says so: `M: tenancy::policy::Cascades<NoActor>`"
)]
pub unsafe trait Cascades<A: Actor, L: Level = Levels>: Model {
    /// Whether any policy is asked of what goes with a row.
    #[doc(hidden)]
    const ASKS: bool = false;

    /// Tells for which rows nothing stays that would have to go with them.
    #[doc(hidden)]
    fn leaves_none(_: By<'_, A>, tell: Tell<'_, Self>) {
        tell(Decided::All);
    }

    /// The same, for a statement: one about rows that nothing goes with is not made for any other.
    #[doc(hidden)]
    fn removed<R: Removal<Self>>(_: By<'_, A>, removal: R) -> R::Output {
        removal.all()
    }
}

/// Told, once, which rows may go.
#[doc(hidden)]
pub type Tell<'f, M> = &'f mut dyn FnMut(Decided<'_, M, ()>);

/// How many levels of models are left to be followed. Sealed.
#[doc(hidden)]
pub trait Level: 'static {
    #[doc(hidden)]
    const SEALED: Seal;
}

/// No level is left.
#[doc(hidden)]
#[derive(Debug)]
pub struct Last(());

/// One more level than `L`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Before<L>(PhantomData<fn() -> L>);

/// As many levels as [`deeper`] follows rows.
#[doc(hidden)]
pub type Levels = Before<Before<Before<Before<Before<Before<Before<Before<Last>>>>>>>>;

impl Level for Last {
    const SEALED: Seal = SEAL;
}

impl<L: Level> Level for Before<L> {
    const SEALED: Seal = SEAL;
}

/// What becomes of a removal, by the rows that nothing keeps.
#[doc(hidden)]
pub trait Removal<M: Model> {
    type Output;

    /// Nothing keeps any row, or the database says so by itself.
    fn all(self) -> Self::Output;

    /// Those alone.
    fn rows(self, rows: Decided<'_, M, ()>) -> Self::Output;
}
