//! What an action takes along, for whoever asks in advance: [`can`](crate::Acting::can) and the like.

use crate::model::contract::Model;
use crate::policy::action;
use crate::policy::actor::By;
use crate::policy::contract::{Actor, Cascades, Removal, Tell};
use crate::policy::decided::Decided;
use crate::policy::explanation::{BlockExplained, Outcome, RulesExplained};
use crate::policy::look::Telling;
use crate::policy::rules::Kind;
use crate::sealed::{SEAL, Seal};

/// An action of which it is known what it takes along with a row of `M`. Sealed.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "nothing is known of what `{Self}` takes along with a row of `{M}`",
    label = "not one of the four actions",
    note = "an action is like one of `action::Read`, `action::Create`, `action::Update` and `action::Destroy`"
)]
pub trait TakesAlong<M: Model, A: Actor> {
    #[doc(hidden)]
    const SEALED: Seal;

    /// Tells with which rows nothing goes that the actor may not remove.
    #[doc(hidden)]
    fn along(by: By<'_, A>, tell: Tell<'_, M>);
}

macro_rules! nothing {
    ($($action:ident)*) => {$(
        impl<M: Model, A: Actor> TakesAlong<M, A> for action::$action {
            const SEALED: Seal = SEAL;

            fn along(_: By<'_, A>, tell: Tell<'_, M>) {
                tell(Decided::All);
            }
        }
    )*};
}

nothing! { Read Create Update }

#[diagnostic::do_not_recommend]
impl<M: Cascades<A>, A: Actor> TakesAlong<M, A> for action::Destroy {
    const SEALED: Seal = SEAL;

    fn along(by: By<'_, A>, tell: Tell<'_, M>) {
        M::removed(by, Telling(tell));
    }
}

impl<M: Model> Removal<M> for Telling<'_, M> {
    type Output = ();

    fn all(self) {
        (self.0)(Decided::All);
    }

    fn rows(self, rows: Decided<'_, M, ()>) {
        (self.0)(rows);
    }
}

/// What an action takes along, as a function.
pub(crate) type Along<M, A> = for<'a, 'f> fn(By<'a, A>, Tell<'f, M>);

/// Whether anything that goes along may keep a row.
pub(crate) fn keeps<M: Model, A: Actor>(by: By<'_, A>, along: Along<M, A>) -> bool {
    let mut keeps = true;
    along(by, &mut |rows| keeps = !matches!(rows, Decided::All));
    keeps
}

/// Whether the actor may remove all that goes along, as a part of an explanation. It is a guard: nothing overrides it.
pub(crate) fn explained(free: bool) -> RulesExplained {
    RulesExplained {
        action: super::DEPENDANTS.action(),
        allowed: free,
        blocks: vec![BlockExplained {
            kind: Kind::Guard,
            name: Some(super::DEPENDANTS.code()),
            when: None,
            applies: true,
            outcome: if free {
                Outcome::NoDecision
            } else {
                Outcome::Forbids
            },
            checks: Vec::new(),
        }],
    }
}
