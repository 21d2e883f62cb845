//! Writes on their way through the policies.

use std::marker::PhantomData;

use futures_core::future::BoxFuture;

use super::judging::{NewRow, denial};
use super::narrow::Narrowed;
use super::throughout::Throughout;
use super::write::{Destroying, Finished, RowKey, Updating};
use crate::barrier::Actor;
use crate::binder::References;
use crate::execute::{
    Context, Execute, ExecuteOne, FetchAll, FetchOne, FetchOptional, Operation, Statement, Zero,
};
use crate::expr::{Assignments, Bind, Condition};
use crate::model::{DatabaseOf, Model};
use crate::policy::{By, Permission, Permits, Visit};
use crate::tenant::Scope;
use crate::{Error, Result};

/// A write that can be narrowed by a policy.
pub(super) trait Write<M: Model>: Sized {
    /// The keys that it assigns.
    type References: References<DatabaseOf<M>>;

    type Narrowed<Q: Permission<DatabaseOf<M>>>: Write<M, References = Self::References>;

    fn narrowed<Q>(self, policy: Condition<M, Q>) -> Self::Narrowed<Q>
    where
        Q: Permission<DatabaseOf<M>>;

    /// The finished statement; with `KEEP`, also what it takes to ask what the rules say to it.
    fn finished<const RETURNING: bool, const KEEP: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Finished<M, Self::References>;

    /// The row, if it is about one.
    fn row(&self) -> Option<RowKey<M>>;
}

impl<'t, M, P, S> Write<M> for Updating<'t, M, P, S>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    S: Assignments<'t, M>,
{
    type References = S::References;
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

    fn finished<const RETURNING: bool, const KEEP: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Finished<M, Self::References> {
        self.statement::<RETURNING, KEEP>(context)
    }

    fn row(&self) -> Option<RowKey<M>> {
        self.row.as_ref().map(RowKey::copy)
    }
}

impl<M: Model, P: Bind<DatabaseOf<M>>> Write<M> for Destroying<M, P> {
    type References = ();
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

    fn finished<const RETURNING: bool, const KEEP: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Finished<M, ()> {
        Finished {
            statement: self.statement::<RETURNING>(context),
            checked: false,
            new: None,
        }
    }

    fn row(&self) -> Option<RowKey<M>> {
        self.row.as_ref().map(RowKey::copy)
    }
}

/// A statement, as far as the actor may run it.
pub(super) struct Permitted<'e, M: Model> {
    /// `None` if there is no row that it may be run on.
    pub(super) statement: Option<Result<Statement<DatabaseOf<M>>>>,
    /// What it means if it meets no row.
    pub(super) zero: Zero,
    /// What it means then, if the database has to be asked.
    pub(super) denial: Option<BoxFuture<'e, Error>>,
}

/// A write on its way through the policies. With `ONE` it is about one row, and why that was not met is
/// to be found out.
struct Writing<'e, M: Model, A: Actor, Act, W, const RETURNING: bool, const ONE: bool> {
    context: Context<'e, M::Root>,
    by: By<'e, A>,
    write: W,
    action: PhantomData<Act>,
}

impl<'e, M, A, Act, W, const RETURNING: bool, const ONE: bool>
    Writing<'e, M, A, Act, W, RETURNING, ONE>
where
    M: Model<Policies: Permits<M, A, Act>>,
    A: Actor,
    Act: 'e,
{
    fn denial<R: References<DatabaseOf<M>>>(
        context: Context<'e, M::Root>,
        by: By<'e, A>,
        row: Option<RowKey<M>>,
        new: Option<NewRow<DatabaseOf<M>, R>>,
        zero: Option<Error>,
    ) -> Option<BoxFuture<'e, Error>> {
        let parts = <M::Policies as Permits<M, A, Act>>::PARTS;
        ONE.then(|| Box::pin(denial::<M, A, Act, R>(context, by, parts, row, new, zero)) as _)
    }
}

impl<'e, M, A, Act, W, const RETURNING: bool, const ONE: bool> Visit<M>
    for Writing<'e, M, A, Act, W, RETURNING, ONE>
where
    M: Model<Policies: Permits<M, A, Act>>,
    A: Actor,
    Act: 'e,
    W: Write<M>,
{
    type Output = Permitted<'e, M>;

    fn all(self) -> Self::Output {
        let finished = self.write.finished::<RETURNING, false>(self.context);
        Permitted {
            zero: finished.zero(),
            statement: Some(finished.statement),
            denial: None,
        }
    }

    fn none(self) -> Self::Output {
        let row = self.write.row();
        Permitted {
            statement: None,
            zero: RowKey::<M>::zero(),
            denial: Self::denial::<()>(self.context, self.by, row, None, None),
        }
    }

    fn filter<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> Self::Output {
        let row = self.write.row();
        let write = self.write.narrowed(condition);
        let finished = write.finished::<RETURNING, ONE>(self.context);
        let zero = finished.checked.then_some(Error::InvalidReference);
        Permitted {
            zero: finished.zero(),
            statement: Some(finished.statement),
            denial: Self::denial(self.context, self.by, row, finished.new, zero),
        }
    }
}

/// What becomes of a write on the token of an actor.
fn permitted<'e, 't, M, Act, W, E, const RETURNING: bool, const ONE: bool>(
    write: W,
    on: &'e E,
) -> Permitted<'e, M>
where
    M: Model,
    Act: 'e,
    W: Write<M>,
    E: Scope<'t, M>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    <M::Policies as Permits<M, E::Actor, Act>>::permit(
        on.by(),
        Writing::<M, E::Actor, Act, W, RETURNING, ONE> {
            context: on.context(),
            by: on.by(),
            write,
            action: PhantomData,
        },
    )
}

/// The future of a write on one row.
pub(super) fn execute_one<'e, 't, M, Act, W, E>(
    operation: Operation,
    write: W,
    on: &'e E,
) -> ExecuteOne<'e, DatabaseOf<M>>
where
    M: Model,
    Act: 'e,
    W: Write<M>,
    E: Scope<'t, M>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    let permitted = permitted::<M, Act, W, E, false, true>(write, on);
    let execute = match permitted.statement {
        Some(statement) => Execute::new::<M>(on.context(), operation, statement),
        None => Execute::nothing(),
    };
    ExecuteOne::new(execute, permitted.zero).because(permitted.denial)
}

/// As [`execute_one`], with the row.
pub(super) fn fetch_one<'e, 't, M, Act, W, E>(
    operation: Operation,
    write: W,
    on: &'e E,
) -> FetchOne<'e, 't, M>
where
    M: Model,
    Act: 'e,
    W: Write<M>,
    E: Scope<'t, M>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    let permitted = permitted::<M, Act, W, E, true, true>(write, on);
    let fetch = match permitted.statement {
        Some(statement) => FetchOptional::new(on.context(), operation, statement),
        None => FetchOptional::nothing(),
    };
    FetchOne::new(fetch, permitted.zero).because(permitted.denial)
}

/// The future of a write on any number of rows.
pub(super) fn execute<'e, 't, M, Act, W, E>(
    operation: Operation,
    write: W,
    on: &'e E,
) -> Execute<'e, DatabaseOf<M>>
where
    M: Model,
    Act: 'e,
    W: Write<M>,
    E: Scope<'t, M>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    match permitted::<M, Act, W, E, false, false>(write, on).statement {
        Some(statement) => Execute::new::<M>(on.context(), operation, statement),
        None => Execute::nothing(),
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
    Act: 'e,
    W: Write<M>,
    E: Scope<'t, M>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    match permitted::<M, Act, W, E, true, false>(write, on).statement {
        Some(statement) => FetchAll::new(on.context(), operation, statement),
        None => FetchAll::nothing(),
    }
}
