//! Writes on their way through the policies.

use super::narrow::Narrowed;
use super::prepared::Prepared;
use super::probe::{Probe, Probing};
use super::question::Question;
use super::throughout::Throughout;
use super::write::{Destroying, RowKey, Updating};
use crate::Result;
use crate::execute::{
    Context, Execute, ExecuteOne, FetchAll, FetchOne, FetchOptional, Operation, Statement, Zero,
};
use crate::expr::{Assignments, Bind, Condition};
use crate::model::{DatabaseOf, Model};
use crate::policy::{Permission, Permits, Visit};
use crate::sql::policied;
use crate::tenant::Scope;

/// A write that can be narrowed by a policy.
pub(super) trait Write<M: Model>: Sized {
    type Narrowed<Q: Permission<DatabaseOf<M>>>: Write<M>;

    /// Whether the rows are there afterwards, and others than before.
    const CHANGES: bool;

    fn narrowed<Q>(self, policy: Condition<M, Q>) -> Self::Narrowed<Q>
    where
        Q: Permission<DatabaseOf<M>>;

    fn finished<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> (Result<Statement<DatabaseOf<M>>>, Zero);

    /// As [`finished`](Self::finished), but gives the keys of the rows, if they are there afterwards.
    fn keyed(self, context: Context<'_, M::Root>) -> (Result<Statement<DatabaseOf<M>>>, Zero);

    /// The row, if it is about one.
    fn row(&self) -> Option<RowKey<M>>;
}

impl<'t, M, P, S> Write<M> for Updating<'t, M, P, S>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    S: Assignments<'t, M>,
{
    const CHANGES: bool = true;
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

    fn finished<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> (Result<Statement<DatabaseOf<M>>>, Zero) {
        self.statement::<RETURNING>(context)
    }

    fn keyed(self, context: Context<'_, M::Root>) -> (Result<Statement<DatabaseOf<M>>>, Zero) {
        self.keyed(context)
    }

    fn row(&self) -> Option<RowKey<M>> {
        self.row.as_ref().map(RowKey::copy)
    }
}

impl<M: Model, P: Bind<DatabaseOf<M>>> Write<M> for Destroying<M, P> {
    const CHANGES: bool = false;
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

    fn finished<const RETURNING: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> (Result<Statement<DatabaseOf<M>>>, Zero) {
        (self.statement::<RETURNING>(context), RowKey::<M>::zero())
    }

    fn keyed(self, context: Context<'_, M::Root>) -> (Result<Statement<DatabaseOf<M>>>, Zero) {
        // None of them is.
        self.finished::<false>(context)
    }

    fn row(&self) -> Option<RowKey<M>> {
        self.row.as_ref().map(RowKey::copy)
    }
}

/// A statement, as far as the actor may run it.
pub(super) enum Permitted<M: Model> {
    /// On every row.
    All(Prepared<M>),
    /// On rows that meet a policy; with the row, if it is about one.
    Some(Prepared<M>, Option<RowKey<M>>),
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
        Permitted::All(Prepared::new(
            self.write.finished::<RETURNING>(self.context),
        ))
    }

    fn none(self) -> Self::Output {
        Permitted::None(self.write.row())
    }

    fn filter<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> Self::Output {
        let row = self.write.row();
        let prepared = if const { W::CHANGES && policied::unforeseen::<M, P>() } {
            let question = Question::new(condition.clone(), RETURNING);
            let write = self.write.narrowed(condition);
            Prepared::new(write.keyed(self.context)).asking(question)
        } else {
            let write = self.write.narrowed(condition);
            Prepared::new(write.finished::<RETURNING>(self.context))
        };
        Permitted::Some(prepared, row)
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
    let execute = |prepared: Prepared<M>| {
        let zero = prepared.zero;
        ExecuteOne::new(prepared.execute(on.context(), operation), zero)
    };
    match permitted::<M, Act, W, E, false>(write, on) {
        Permitted::All(prepared) => execute(prepared),
        Permitted::Some(prepared, row) => execute(prepared).unless(probe::<M, Act, E>(row, on)),
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
    let fetch = |prepared: Prepared<M>| {
        let zero = prepared.zero;
        FetchOne::new(prepared.fetch_optional(on.context(), operation), zero)
    };
    match permitted::<M, Act, W, E, true>(write, on) {
        Permitted::All(prepared) => fetch(prepared),
        Permitted::Some(prepared, row) => fetch(prepared).unless(probe::<M, Act, E>(row, on)),
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
        Permitted::All(prepared) | Permitted::Some(prepared, _) => {
            prepared.execute(on.context(), operation)
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
        Permitted::All(prepared) | Permitted::Some(prepared, _) => {
            prepared.fetch_all(on.context(), operation)
        }
        Permitted::None(_) => FetchAll::nothing(),
    }
}
