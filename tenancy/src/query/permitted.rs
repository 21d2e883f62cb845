//! Writes on their way through the policies.

use std::marker::PhantomData;

use super::narrow::Narrowed;
use super::write::{Destroying, RowKey, ThisRow, Updating, finish};
use crate::Result;
use crate::backend::Backend;
use crate::backend::sealed::Backend as _;
use crate::binder::Binder;
use crate::execute::{
    Context, Execute, ExecuteOne, FetchAll, FetchOne, FetchOptional, Operation, Pending, Statement,
    Zero,
};
use crate::expr::{Assignments, Bind, Condition, Node};
use crate::model::{DatabaseOf, Model, RowOf};
use crate::policy::{Permission, Permits, Visit};
use crate::sql::render::{Rendered, Stored};
use crate::sql::text::{AGAIN, ONWARDS};
use crate::sql::{Dialect, Text, statement, vouch};
use crate::tenant::{Brand, Scope};

/// A write that can be narrowed by a policy.
pub(super) trait Write<M: Model>: Sized {
    type Narrowed<Q: Permission<DatabaseOf<M>>>: Write<M>;

    fn narrowed<Q>(self, policy: Condition<M, Q>) -> Self::Narrowed<Q>
    where
        Q: Permission<DatabaseOf<M>>;

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

/// A policy on a row that changes: it holds before, and it holds afterwards. The second is asked only
/// if the policy names a column that is assigned.
#[derive(Clone)]
pub(super) struct Throughout<'t, M, S, Q> {
    policy: Q,
    /// The columns that are assigned, and what to, if only the running program knows.
    assigned: Option<(u128, Vec<u8>)>,
    model: PhantomData<(Brand<'t>, fn() -> (M, S))>,
}

impl<'t, M: Model, S: Assignments<'t, M>, Q: Node> Throughout<'t, M, S, Q> {
    fn new(policy: Q, assignments: &S) -> Self {
        let assigned = S::DYNAMIC.then(|| {
            let mut aliased = Vec::new();
            assignments.render_aliased(&mut aliased);
            (assignments.mask(), aliased)
        });
        Self {
            policy,
            assigned,
            model: PhantomData,
        }
    }

    /// Whether the policy could change its mind.
    fn matters(&self) -> bool {
        let mask = match &self.assigned {
            Some((mask, _)) => *mask,
            None => S::MASK,
        };
        mask & Q::COLUMNS != 0
    }
}

impl<'t, M: Model, S: Assignments<'t, M>, Q: Node> Node for Throughout<'t, M, S, Q> {
    const TEXT: &'static Text = if Self::DYNAMIC {
        &Text::EMPTY
    } else if S::MASK & Q::COLUMNS == 0 {
        Q::TEXT
    } else {
        &statement::throughout::<M>(Q::TEXT, Q::COLUMNS, S::ALIASED, S::MASK)
    };
    const COLUMNS: u128 = Q::COLUMNS;
    const DYNAMIC: bool = S::DYNAMIC || Q::DYNAMIC;

    fn render(&self, template: &mut Vec<u8>) {
        if !self.matters() {
            return self.policy.render(template);
        }
        let assigned = match &self.assigned {
            Some((mask, aliased)) => (*mask, aliased.as_slice()),
            None => (S::MASK, S::ALIASED.as_bytes()),
        };
        render_throughout::<M, Q>(&self.policy, assigned, template);
    }
}

/// [`statement::throughout`] at run time.
fn render_throughout<M: Model, Q: Node>(
    policy: &Q,
    (mask, aliased): (u128, &[u8]),
    template: &mut Vec<u8>,
) {
    template.push(b'(');
    policy.render(template);
    template.extend_from_slice(b" AND EXISTS (SELECT 1 FROM (SELECT ");
    template.push(AGAIN);
    template.extend_from_slice(aliased);
    template.push(ONWARDS);
    let table = M::TABLE;
    for (index, field) in M::FIELDS.iter().enumerate() {
        if Q::COLUMNS & !mask & (1 << index) != 0 {
            let name = field.name;
            template
                .extend_from_slice(format!(", \"{table}\".\"{name}\" AS \"{name}\"").as_bytes());
        }
    }
    template.extend_from_slice(format!(") AS \"{table}\" WHERE ").as_bytes());
    policy.render(template);
    template.extend_from_slice(b"))");
}

impl<'t, DB, M, S, Q> Bind<DB> for Throughout<'t, M, S, Q>
where
    DB: Backend,
    M: Model,
    S: Assignments<'t, M>,
    Q: Bind<DB> + Clone,
{
    fn bind(self, binder: &mut Binder<DB>) {
        if self.matters() {
            self.policy.clone().bind(binder);
        }
        self.policy.bind(binder);
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

/// Whether a row may be read: what tells a forbidden row from one that is not there.
pub(super) struct Probing<'e, M: Model> {
    pub(super) context: Context<'e, M::Root>,
    pub(super) row: RowKey<M>,
}

impl<'e, M: Model> Probing<'e, M> {
    fn probe<P: Bind<DatabaseOf<M>>>(self, condition: P) -> Probe<'e, M> {
        let sql = if P::DYNAMIC {
            let mut template = ProbeHead::<M>::STORED.as_bytes().to_vec();
            super::read::render_scoped::<M>(&condition, &mut template);
            vouch::rendered(&template, <DatabaseOf<M>>::DIALECT)
        } else {
            sqlx::SqlStr::from_static(ProbeText::<M, P>::SQL)
        };
        let mut binder = Binder::new(8);
        condition.bind(&mut binder);
        binder.seal();
        self.row.bind(&mut binder);
        let statement = finish::<M>(self.context, binder, sql);
        self.context.one(Operation::Exists, statement)
    }
}

/// The answer of a [`Probing`].
pub(super) type Probe<'e, M> = Pending<'e, Option<RowOf<M>>>;

impl<'e, M: Model> Visit<M> for Probing<'e, M> {
    type Output = Option<Probe<'e, M>>;

    fn all(self) -> Self::Output {
        Some(self.probe(ThisRow::<M>::new()))
    }

    fn none(self) -> Self::Output {
        None
    }

    fn filter<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> Self::Output {
        Some(self.probe(Narrowed::new(ThisRow::<M>::new(), condition)))
    }
}

struct ProbeHead<M>(PhantomData<M>);

impl<M: Model> Stored for ProbeHead<M> {
    const TEXT: &'static Text = &statement::exists::<M>();
}

struct ProbeText<M, P>(PhantomData<(M, P)>);

impl<M: Model, P: Node> Rendered for ProbeText<M, P> {
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = &if P::DYNAMIC {
        Text::EMPTY
    } else {
        statement::probe::<M>(P::TEXT)
    };
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
