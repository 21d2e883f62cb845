//! Writes on their way through the policies.

use super::narrow::Narrowed;
use super::probe::{Probe, Probing};
use super::throughout::Throughout;
use super::write::{Destroying, RowKey, Updating};
use crate::Result;
use crate::execute::{
    Context, Execute, ExecuteOne, FetchAll, FetchOne, FetchOptional, Operation, Statement, Zero,
};
use crate::expr::{Assignments, Bind, Condition};
use crate::model::{DatabaseOf, Model};
use crate::policy::{Maskable, Masks, Permission, Permits, Unmasked, Visit};
use crate::tenant::Scope;

/// A write that can be narrowed by a policy.
pub(super) trait Write<M: Model>: Sized {
    type Narrowed<Q: Permission<DatabaseOf<M>>>: Write<M>;

    fn narrowed<Q>(self, policy: Condition<M, Q>) -> Self::Narrowed<Q>
    where
        Q: Permission<DatabaseOf<M>>;

    /// The write with columns masked, and what may name them.
    type Masked<'q>: Write<M>;

    fn masked(self, masks: Masks<'_, M>) -> Self::Masked<'_>;

    fn text(&self) -> Vec<u8>;

    fn finished<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> (Result<Statement<DatabaseOf<M>>>, Zero);

    /// The row, if it is about one.
    fn row(&self) -> Option<RowKey<M>>;
}

impl<'t, M, P, S> Write<M> for Updating<'t, M, P, S>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    S: Assignments<'t, M>,
{
    type Narrowed<Q: Permission<DatabaseOf<M>>> =
        Updating<'t, M, Narrowed<P, Throughout<'t, M, S, Q>>, S>;

    fn narrowed<Q>(self, policy: Condition<M, Q>) -> Self::Narrowed<Q>
    where
        Q: Permission<DatabaseOf<M>>,
    {
        let policy = Throughout::new(policy.into_node(), &self.assignments);
        Updating {
            condition: Narrowed::new(self.condition, Condition::<M, _>::new(policy)),
            assignments: self.assignments,
            row: self.row,
            brand: self.brand,
        }
    }

    type Masked<'q> = Updating<'t, M, Narrowed<P, Masks<'q, M>>, S>;

    fn masked(self, masks: Masks<'_, M>) -> Self::Masked<'_> {
        Updating {
            condition: Narrowed::new(self.condition, Condition::<M, _>::new(masks)),
            assignments: self.assignments,
            row: self.row,
            brand: self.brand,
        }
    }

    fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        self.assignments.render_set(&mut text);
        self.condition.render(&mut text);
        text
    }

    fn finished<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> (Result<Statement<DatabaseOf<M>>>, Zero) {
        self.statement::<RETURNING>(context)
    }

    fn row(&self) -> Option<RowKey<M>> {
        self.row.as_ref().map(RowKey::copy)
    }
}

impl<M: Model, P: Bind<DatabaseOf<M>>> Write<M> for Destroying<M, P> {
    type Narrowed<Q: Permission<DatabaseOf<M>>> = Destroying<M, Narrowed<P, Q>>;

    fn narrowed<Q>(self, policy: Condition<M, Q>) -> Self::Narrowed<Q>
    where
        Q: Permission<DatabaseOf<M>>,
    {
        Destroying {
            condition: Narrowed::new(self.condition, policy),
            row: self.row,
        }
    }

    type Masked<'q> = Destroying<M, Narrowed<P, Masks<'q, M>>>;

    fn masked(self, masks: Masks<'_, M>) -> Self::Masked<'_> {
        Destroying {
            condition: Narrowed::new(self.condition, Condition::<M, _>::new(masks)),
            row: self.row,
        }
    }

    fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        self.condition.render(&mut text);
        text
    }

    fn finished<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> (Result<Statement<DatabaseOf<M>>>, Zero) {
        (self.statement::<RETURNING>(context), RowKey::<M>::zero())
    }

    fn row(&self) -> Option<RowKey<M>> {
        self.row.as_ref().map(RowKey::copy)
    }
}

/// A statement, as far as the actor may run it.
pub(super) enum Permitted<M: Model> {
    /// On every row.
    All(Result<Statement<DatabaseOf<M>>>, Zero),
    /// On rows that meet a policy; with the row, if it is about one.
    Some(Result<Statement<DatabaseOf<M>>>, Zero, Option<RowKey<M>>),
    /// On no row.
    None(Option<RowKey<M>>),
}

/// A write on its way through the policies.
struct Writing<'e, M: Model, W, const RETURNING: bool> {
    context: Context<'e, M::Root>,
    write: W,
}

impl<M: Model, W: Write<M>, const RETURNING: bool> Visit<M> for Writing<'_, M, W, RETURNING> {
    type Output = Permitted<M>;

    fn all(self) -> Self::Output {
        let (statement, zero) = self.write.finished::<RETURNING>(self.context);
        Permitted::All(statement, zero)
    }

    fn none(self) -> Self::Output {
        Permitted::None(self.write.row())
    }

    fn filter<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> Self::Output {
        let row = self.write.row();
        let write = self.write.narrowed(condition);
        let (statement, zero) = write.finished::<RETURNING>(self.context);
        Permitted::Some(statement, zero, row)
    }
}

impl<M: Model, W: Write<M>, const RETURNING: bool> Maskable<M> for Writing<'_, M, W, RETURNING> {
    fn text(&self) -> Option<Vec<u8>> {
        (!RETURNING).then(|| self.write.text())
    }

    fn masked<P: Permission<DatabaseOf<M>>>(
        self,
        policy: Option<Condition<M, Unmasked<P>>>,
        masks: Masks<'_, M>,
    ) -> Self::Output {
        let (context, row) = (self.context, self.write.row());
        match policy {
            Some(policy) => {
                let write = self.write.narrowed(policy).masked(masks);
                let (statement, zero) = write.finished::<RETURNING>(context);
                Permitted::Some(statement, zero, row)
            }
            None => {
                let write = self.write.masked(masks);
                let (statement, zero) = write.finished::<RETURNING>(context);
                Permitted::All(statement, zero)
            }
        }
    }
}

/// What becomes of a write on the token of an actor.
pub(super) fn permitted<'t, M, Act, W, E, const RETURNING: bool>(write: W, on: &E) -> Permitted<M>
where
    M: Model,
    W: Write<M>,
    E: Scope<'t, M>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    <M::Policies as Permits<M, E::Actor, Act>>::permit(
        on.by(),
        Writing::<M, W, RETURNING> {
            context: on.context(),
            write,
        },
    )
}

/// Whether the row of a write can be read.
fn probe<'e, 't, M, Act, E>(row: Option<RowKey<M>>, on: &'e E) -> Option<Probe<'e, M>>
where
    M: Model,
    E: Scope<'t, M>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    let context = on.context();
    row.and_then(|row| {
        <M::Policies as Permits<M, E::Actor, Act>>::visible(on.by(), Probing { context, row })
    })
}

/// The future of a write on one row, with what tells a forbidden row from one that is not there.
pub(super) fn execute_one<'e, 't, M, Act, W, E>(
    operation: Operation,
    write: W,
    on: &'e E,
) -> ExecuteOne<'e, DatabaseOf<M>>
where
    M: Model,
    W: Write<M>,
    E: Scope<'t, M>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    let execute = |statement| Execute::new::<M>(on.context(), operation, statement);
    match permitted::<M, Act, W, E, false>(write, on) {
        Permitted::All(statement, zero) => ExecuteOne::new(execute(statement), zero),
        Permitted::Some(statement, zero, row) => {
            ExecuteOne::new(execute(statement), zero).unless(probe::<M, Act, E>(row, on))
        }
        Permitted::None(row) => ExecuteOne::new(Execute::nothing(), RowKey::<M>::zero())
            .unless(probe::<M, Act, E>(row, on)),
    }
}

/// As [`execute_one`], with the row.
pub(super) fn fetch_one<'e, 't, M, Act, W, E>(
    operation: Operation,
    write: W,
    on: &'e E,
) -> FetchOne<'e, 't, M>
where
    M: Model,
    W: Write<M>,
    E: Scope<'t, M>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    let fetch = |statement| FetchOptional::new(on.context(), operation, statement);
    match permitted::<M, Act, W, E, true>(write, on) {
        Permitted::All(statement, zero) => FetchOne::new(fetch(statement), zero),
        Permitted::Some(statement, zero, row) => {
            FetchOne::new(fetch(statement), zero).unless(probe::<M, Act, E>(row, on))
        }
        Permitted::None(row) => FetchOne::new(FetchOptional::nothing(), RowKey::<M>::zero())
            .unless(probe::<M, Act, E>(row, on)),
    }
}

/// The future of a write on any number of rows.
pub(super) fn execute<'e, 't, M, Act, W, E>(
    operation: Operation,
    write: W,
    on: &'e E,
) -> Execute<'e, DatabaseOf<M>>
where
    M: Model,
    W: Write<M>,
    E: Scope<'t, M>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    match permitted::<M, Act, W, E, false>(write, on) {
        Permitted::All(statement, _) | Permitted::Some(statement, ..) => {
            Execute::new::<M>(on.context(), operation, statement)
        }
        Permitted::None(_) => Execute::nothing(),
    }
}

/// As [`execute`], with the rows.
pub(super) fn fetch_all<'e, 't, M, Act, W, E>(
    operation: Operation,
    write: W,
    on: &'e E,
) -> FetchAll<'e, 't, M>
where
    M: Model,
    W: Write<M>,
    E: Scope<'t, M>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    match permitted::<M, Act, W, E, true>(write, on) {
        Permitted::All(statement, _) | Permitted::Some(statement, ..) => {
            FetchAll::new(on.context(), operation, statement)
        }
        Permitted::None(_) => FetchAll::nothing(),
    }
}
