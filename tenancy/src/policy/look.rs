//! Looking into other rows: only those that the actor may read are there.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::expr::logic::And;
use crate::model::contract::{DatabaseOf, Model};
use crate::model::params::Binder;
use crate::model::policed::{ByFieldPolicies, ByPolicies, ReadByTenants, Unpolicied, derived};
use crate::policy::action;
use crate::policy::action::Action;
use crate::policy::actor::By;
use crate::policy::contract::{Actor, Policy};
use crate::policy::decided::Decided;
use crate::policy::deeper::permitted;
use crate::policy::permit::{Permission, Visit};
use crate::sealed::{SEAL, Seal};
use crate::sql::node::Node;
use crate::sql::text::Text;

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
    type Doubted<P: Permission<DatabaseOf<M>>>: Permission<DatabaseOf<M>>;

    /// Those of them that meet a condition; fewer, if not all rules were asked.
    fn narrow<P: Permission<DatabaseOf<M>>>(
        self,
        condition: Condition<M, P>,
    ) -> Condition<M, Self::Narrowed<P>>;

    /// Those of them that meet a condition; more, if not all rules were asked: all rows.
    fn doubt<P: Permission<DatabaseOf<M>>>(
        self,
        condition: Condition<M, P>,
    ) -> Condition<M, Self::Doubted<P>>;
}

/// All rows: the model has no policies.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Everything(());

impl Everything {
    pub(crate) const ALL: Self = Self(());
}

impl<M: Model> Seen<M> for Everything {
    type Narrowed<P: Permission<DatabaseOf<M>>> = P;
    type Doubted<P: Permission<DatabaseOf<M>>> = P;

    fn narrow<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> Condition<M, P> {
        condition
    }

    fn doubt<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> Condition<M, P> {
        condition
    }
}

/// The rows that rules permit.
#[doc(hidden)]
#[derive(Debug)]
pub struct Permitted<'q, M: Model> {
    rows: Decided<'q, M, ()>,
    /// Some rules were too far away to be asked, so that there may be more rows.
    cut: bool,
}

impl<'q, M: Model> Permitted<'q, M> {
    pub(crate) fn new(rows: Decided<'q, M, ()>, cut: bool) -> Self {
        Self { rows, cut }
    }
}

impl<M: Model> Clone for Permitted<'_, M> {
    fn clone(&self) -> Self {
        Self {
            rows: self.rows.clone(),
            cut: self.cut,
        }
    }
}

impl<'q, M: Model> Seen<M> for Permitted<'q, M> {
    type Narrowed<P: Permission<DatabaseOf<M>>> = And<Decided<'q, M, ()>, P>;
    type Doubted<P: Permission<DatabaseOf<M>>> = UnlessCut<And<Decided<'q, M, ()>, P>>;

    fn narrow<P: Permission<DatabaseOf<M>>>(
        self,
        condition: Condition<M, P>,
    ) -> Condition<M, Self::Narrowed<P>> {
        Condition::new(self.rows).and(condition)
    }

    fn doubt<P: Permission<DatabaseOf<M>>>(
        self,
        condition: Condition<M, P>,
    ) -> Condition<M, Self::Doubted<P>> {
        let rows = Condition::new(self.rows).and(condition).into_node();
        Condition::new(UnlessCut((!self.cut).then_some(rows)))
    }
}

/// A condition on rows, or all of them.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct UnlessCut<P>(Option<P>);

impl<P: Node> Node for UnlessCut<P> {
    const TEXT: &'static Text = &Text::EMPTY;
    const COLUMNS: u128 = P::COLUMNS;
    const DYNAMIC: bool = true;

    fn render(&self, template: &mut Vec<u8>) {
        match &self.0 {
            Some(rows) => rows.render(template),
            None => template.extend_from_slice(b"TRUE"),
        }
    }
}

impl<DB: Backend, P: Bind<DB>> Bind<DB> for UnlessCut<P> {
    fn bind(self, binder: &mut Binder<DB>) {
        if let Some(rows) = self.0 {
            rows.bind(binder);
        }
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

#[diagnostic::do_not_recommend]
impl<M: Model, A: Actor> Looks<M, A, action::Read> for ReadByTenants {
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
            type Seen<'q> = Permitted<'q, M>;

            fn look<T>(by: By<'_, A>, then: impl for<'q> FnOnce(Permitted<'q, M>) -> T) -> T {
                let (mut then, mut told) = (Some(then), None);
                permitted::<M, A, Act>(by, &mut |rows| told = then.take().map(|then| then(rows)));
                told.expect("a policy tells its visitor once")
            }
        }
    )*};
}

by_policies! { ByPolicies ByFieldPolicies }

/// Tells which rows there are. Without a type of its own for whoever is told: rules that look into rows
/// whose rules look back would be types without end.
pub(crate) struct Telling<'f, M: Model>(pub(crate) &'f mut dyn FnMut(Decided<'_, M, ()>));

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
