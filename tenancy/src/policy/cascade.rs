//! Cascades: a row that is removed takes others along, which their own policies must let go.
//!
//! The database removes what refers to a row by a key with `ON DELETE CASCADE`, and asks nobody. So a model that
//! declares such keys (`#[tenancy(destroys(Document.folder_id))]`) removes a row only if the actor may remove all
//! that goes with it. It is a condition of the statement, and so as true as any other when it runs.
//!
//! Models may go with each other in a circle. So what goes along is followed level by level, as types ([`Level`])
//! and as rows ([`deeper`]), and what is further away stays.

use crate::error::denial::Denial;
use crate::expr::condition::Condition;
use crate::model::column::Column;
use crate::model::contract::{DatabaseOf, Model, TenantRoot};
use crate::model::obligations::{IsRoot, SubqueryOf};
use crate::model::policed::{ByFieldPolicies, ByPolicies, ReadByTenants, Unpolicied, derived};
use crate::policy::action::Action;
use crate::policy::actor::{By, State};
use crate::policy::contract::{Actor, Cascades, Level, Policy, Removal, Tell};
use crate::policy::decided::Decided;
use crate::policy::deeper::{Target, deciding, too_deep};
use crate::policy::given::Unlike;
use crate::policy::look::Telling;
use crate::policy::place::OutsideTenants;
use crate::policy::relation::{Back, Link, Relates, not_true};
use crate::policy::{action, deeper};
use crate::sealed::{SEAL, Seal};
use std::marker::PhantomData;

/// The denial of a removal that would take rows along which the actor may not remove. Whether they may be read is
/// not told, nor whose they are.
pub(crate) const DEPENDANTS: Denial =
    Denial::new(<action::Destroy as Action>::NAME, Some("dependants"));

/// What [`Cascades::removed`] is where a model declares what goes with its rows.
#[doc(hidden)]
pub fn removed<M, A, L, R>(by: By<'_, A>, removal: R) -> R::Output
where
    M: Cascades<A, L>,
    A: Actor,
    L: Level,
    R: Removal<M>,
{
    if !M::ASKS {
        return removal.all();
    }
    deciding(by, None, removal, |by, attempt| {
        let (mut attempt, mut output) = (Some(attempt), None);
        M::leaves_none(by, &mut |rows| {
            output = attempt.take().map(|attempt| {
                attempt.told(|removal| match rows {
                    Decided::All => removal.all(),
                    rows => removal.rows(rows),
                })
            });
        });
        output.expect("a model tells once what goes with its rows")
    })
}

/// The way of a model whose rows `A` removes. Sealed.
#[doc(hidden)]
pub trait Perishes<M: Model, A: Actor> {
    #[doc(hidden)]
    const SEALED: Seal;

    /// Tells which rows the actor may remove, as far as they themselves go.
    #[doc(hidden)]
    fn perishes(by: By<'_, A>, tell: Tell<'_, M>);
}

#[diagnostic::do_not_recommend]
impl<M: Model, A: Actor> Perishes<M, A> for Unpolicied {
    const SEALED: Seal = SEAL;

    fn perishes(_: By<'_, A>, tell: Tell<'_, M>) {
        const { derived::<M>(false, false) }
        tell(Decided::All);
    }
}

// What tenants only read goes with nothing that they remove.
#[diagnostic::do_not_recommend]
impl<M, A> Perishes<M, A> for ReadByTenants
where
    M: Model,
    A: Actor<State: State<A, Place = OutsideTenants>>,
{
    const SEALED: Seal = SEAL;

    fn perishes(_: By<'_, A>, tell: Tell<'_, M>) {
        const { derived::<M>(false, false) }
        tell(Decided::All);
    }
}

macro_rules! by_policies {
    ($($way:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Policy<A, action::Destroy>, A: Actor> Perishes<M, A> for $way {
            const SEALED: Seal = SEAL;

            fn perishes(by: By<'_, A>, tell: Tell<'_, M>) {
                M::decide(by, Telling(tell));
            }
        }
    )*};
}

by_policies! { ByPolicies ByFieldPolicies }

/// A model whose rows go when a row of `M` is removed, and that says whether `A` may remove them. Sealed.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "what is removed with a row of `{M}` has no policy that says whether this actor may remove it",
    label = "rows of `{Self}` go with it (`destroys(…)`)",
    note = "cover `destroy` for this actor in the `policies!` of `{Self}`",
    note = "what is removed along is of the same tenant and in the same database: rows of tenants do not go with one that all tenants share"
)]
pub trait Dependant<M: Model, A: Actor>: Model {
    #[doc(hidden)]
    const SEALED: Seal;

    /// Tells which rows the actor may remove, as far as they themselves go.
    #[doc(hidden)]
    fn departs(by: By<'_, A>, tell: Tell<'_, Self>);
}

#[diagnostic::do_not_recommend]
impl<M, D, A> Dependant<M, A> for D
where
    M: Model,
    D: Model<Root: IsRoot<M::Root>, Policies: Perishes<D, A>> + SubqueryOf<M>,
    A: Actor,
{
    const SEALED: Seal = SEAL;

    fn departs(by: By<'_, A>, tell: Tell<'_, D>) {
        <D::Policies as Perishes<D, A>>::perishes(by, tell);
    }
}

/// What rules ask about rows that go with another one, beside the actions.
enum Departure {}

/// Tells which rows that go with one of `M` the actor may remove, with all that goes with them.
fn departs<M, D, A, L>(by: By<'_, A>, tell: Tell<'_, D>)
where
    M: Model,
    D: Dependant<M, A> + Cascades<A, L>,
    A: Actor,
    L: Level,
{
    let target = Target::to::<D, Departure>(|by| departing::<M, D, A, L>(by, &mut |_| {}));
    match deeper::further(by, target) {
        Some(by) => departing::<M, D, A, L>(by, tell),
        // Too far to be asked: what is there stays, and so does the row that it would go with.
        None => tell(match too_deep::<D, A>(by, DEPENDANTS.action()) {
            Some(too_deep) => Decided::rows(Condition::new(too_deep)),
            None => Decided::None,
        }),
    }
}

/// The same, where their rules are not too far away.
fn departing<M, D, A, L>(by: By<'_, A>, tell: Tell<'_, D>)
where
    M: Model,
    D: Dependant<M, A> + Cascades<A, L>,
    A: Actor,
    L: Level,
{
    <D as Dependant<M, A>>::departs(by, &mut |own| {
        <D as Cascades<A, L>>::leaves_none(by, &mut |rest| tell(own.clone().with(rest)));
    });
}

/// The model that a key was declared for.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this foreign key refers to `{Self}`, so no row of it goes with one of `{M}`",
    label = "not a foreign key to `{M}`",
    note = "`destroys(Other.column)` names the rows of another model whose column refers to this one, and that the database removes with it"
)]
pub trait DestroyedWith<M> {}

impl<M> DestroyedWith<Self> for M {}

// With a second one, rustc does not take the first for the only choice.
#[diagnostic::do_not_recommend]
impl<M> DestroyedWith<Unlike<Self>> for M {}

impl<D: Model, T, const I: usize, K> Column<D, T, I, K> {
    /// Tells for which rows of `M` nothing stays that refers to them by this foreign key.
    #[doc(hidden)]
    pub fn __leaves_none<M, A, L>(
        self,
        _: PhantomData<fn() -> (M, L)>,
        by: By<'_, A>,
        tell: Tell<'_, M>,
    ) where
        M: Model<Root: TenantRoot<Database = DatabaseOf<D>>>,
        A: Actor,
        L: Level,
        K: Relates<To: DestroyedWith<M>>,
        D: Dependant<M, A> + Cascades<A, L>,
    {
        departs::<M, D, A, L>(by, &mut |rows| {
            if let Decided::All = rows {
                return tell(Decided::All);
            }
            let staying = not_true(Condition::<D, _>::new(rows)).into_node();
            let none = <Back<Self> as Link<M, D>>::no(Back::of(self), staying);
            tell(Decided::rows(Condition::new(none)));
        });
    }
}
