//! Writes on their way through the policies.

pub(crate) mod removal;

use crate::error::Error;
use crate::error::denial::Denial;
use crate::execute::context::Context;
use crate::execute::fetch::{FetchAll, FetchOne, FetchOptional};
use crate::execute::operation::Operation;
use crate::execute::write::{Execute, ExecuteOne};
use crate::expr::assign::Assignments;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::expr::logic::And;
use crate::model::contract::{DatabaseOf, Model};
use crate::model::params::References;
use crate::policy::actor::By;
use crate::policy::cascade::DEPENDANTS;
use crate::policy::contract::Actor;
use crate::policy::masks::{Maskable, Masks, Unmasked};
use crate::policy::permit::{Permission, Permits, Visit};
use crate::policy::place::Writes;
use crate::query::judging::{NewRow, Otherwise, denial};
use crate::query::narrow::Narrowed;
use crate::query::prepared::Prepared;
use crate::query::question::Question;
use crate::query::throughout::Throughout;
use crate::query::unmet::unmet;
use crate::query::write::{Destroying, Finished, RowKey, Updating};
use crate::sealed::INSIDE;
use crate::stmt::policied;
use crate::tenant::scope::Scope;
use futures_core::future::BoxFuture;
use std::marker::PhantomData;

/// A write that can be narrowed by a policy.
pub(crate) trait Write<M: Model>: Sized {
    /// Whether the rows are there afterwards, and others than before.
    const CHANGES: bool;

    /// The keys that it assigns.
    type References: References<DatabaseOf<M>>;

    type Narrowed<Q: Permission<DatabaseOf<M>>>: Write<M, References = Self::References>;

    fn narrowed<Q>(self, policy: Condition<M, Q>) -> Self::Narrowed<Q>
    where
        Q: Permission<DatabaseOf<M>>;

    /// The write with columns masked.
    type Masked<'q>: Write<M, References = Self::References>;

    fn masked(self, masks: Masks<'_, M>) -> Self::Masked<'_>;

    /// What of its text may name columns that are masked.
    fn text(&self) -> Vec<u8>;

    /// The finished statement; with `KEEP`, also what it takes to ask what the rules say to it.
    fn finished<const RETURNING: bool, const KEEP: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Finished<M, Self::References>;

    /// As [`finished`](Self::finished), but gives the keys of the rows, if they are there afterwards.
    fn keyed<const KEEP: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Finished<M, Self::References>;

    /// The row, if it is about one.
    fn row(&self) -> Option<RowKey<M>>;

    /// What it means if the row is not met and no policy denies it, if that is not for the database to say.
    fn denied(&self) -> Option<Denial> {
        None
    }
}

impl<'t, M, P, S> Write<M> for Updating<'t, M, P, S>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    S: Assignments<'t, M>,
{
    const CHANGES: bool = true;
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

    fn finished<const RETURNING: bool, const KEEP: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Finished<M, Self::References> {
        self.statement::<RETURNING, KEEP>(context)
    }

    fn keyed<const KEEP: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Finished<M, Self::References> {
        self.keyed::<KEEP>(context)
    }

    fn row(&self) -> Option<RowKey<M>> {
        self.row.as_ref().map(RowKey::copy)
    }
}

impl<M: Model, P: Bind<DatabaseOf<M>>> Write<M> for Destroying<M, P> {
    const CHANGES: bool = false;
    type References = ();
    type Narrowed<Q: Permission<DatabaseOf<M>>> = Destroying<M, Narrowed<P, Q>>;

    fn narrowed<Q>(self, policy: Condition<M, Q>) -> Self::Narrowed<Q>
    where
        Q: Permission<DatabaseOf<M>>,
    {
        Destroying {
            condition: Narrowed::new(self.condition, policy),
            dependants: self.dependants,
            row: self.row,
        }
    }

    type Masked<'q> = Destroying<M, Narrowed<P, Masks<'q, M>>>;

    fn masked(self, masks: Masks<'_, M>) -> Self::Masked<'_> {
        Destroying {
            condition: Narrowed::new(self.condition, Condition::<M, _>::new(masks)),
            dependants: self.dependants,
            row: self.row,
        }
    }

    fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        self.condition.render(&mut text);
        text
    }

    fn finished<const RETURNING: bool, const KEEP: bool>(
        self,
        context: Context<'_, M::Root>,
    ) -> Finished<M, ()> {
        Finished {
            statement: self.statement::<RETURNING>(context),
            new: None,
            proof: None,
        }
    }

    fn keyed<const KEEP: bool>(self, context: Context<'_, M::Root>) -> Finished<M, ()> {
        // None of them is.
        self.finished::<false, KEEP>(context)
    }

    fn row(&self) -> Option<RowKey<M>> {
        self.row.as_ref().map(RowKey::copy)
    }

    fn denied(&self) -> Option<Denial> {
        self.dependants.then_some(DEPENDANTS)
    }
}

/// A statement, as far as the actor may run it.
pub(crate) struct Permitted<'e, M: Model> {
    /// `None` if there is no row that it may be run on.
    pub(crate) prepared: Option<Prepared<'e, M>>,
    /// What it means if it meets no row, if the database has to be asked.
    pub(crate) denial: Option<BoxFuture<'e, Error>>,
}

impl<'e, M: Model> Permitted<'e, M> {
    /// A statement that no policy keeps from meeting its row.
    pub(crate) fn whatever(mut prepared: Prepared<'e, M>) -> Self {
        let denial = prepared.denial.take();
        Self {
            prepared: Some(prepared),
            denial,
        }
    }

    /// The future of a write of one row.
    pub(crate) fn execute_one(
        self,
        context: Context<'e, M::Root>,
        operation: Operation,
    ) -> ExecuteOne<'e, DatabaseOf<M>> {
        let one = match self.prepared {
            Some(prepared) => {
                let zero = prepared.zero;
                ExecuteOne::new(prepared.execute(context, operation), zero)
            }
            None => ExecuteOne::new(Execute::nothing(), RowKey::<M>::zero()),
        };
        one.because(self.denial)
    }

    /// As [`execute_one`](Self::execute_one), with the row.
    pub(crate) fn fetch_one<'t>(
        self,
        context: Context<'e, M::Root>,
        operation: Operation,
    ) -> FetchOne<'e, 't, M> {
        let one = match self.prepared {
            Some(prepared) => {
                let zero = prepared.zero;
                FetchOne::new(prepared.fetch_optional(context, operation), zero)
            }
            None => FetchOne::new(FetchOptional::nothing(), RowKey::<M>::zero()),
        };
        one.because(self.denial)
    }
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
        otherwise: Otherwise<M>,
    ) -> Option<BoxFuture<'e, Error>> {
        let parts = <M::Policies as Permits<M, A, Act>>::PARTS;
        ONE.then(|| {
            Box::pin(denial::<M, A, Act, R>(
                context, by, parts, row, new, otherwise,
            )) as _
        })
    }

    /// A write that no policy narrows.
    fn unnarrowed<R>(
        context: Context<'e, M::Root>,
        by: By<'e, A>,
        (row, denied): (Option<RowKey<M>>, Option<Denial>),
        mut finished: Finished<M, R>,
    ) -> Permitted<'e, M> {
        let proof = finished.proof.take();
        let denial = match denied {
            Some(denied) => {
                Self::denial::<()>(context, by, row, None, Otherwise::Forbidden(denied))
            }
            None => ONE.then(|| Box::pin(unmet(context, row, proof)) as _),
        };
        Permitted {
            prepared: Some(finished.prepared()),
            denial,
        }
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
        let (row, denied) = (self.write.row(), self.write.denied());
        let finished = self.write.finished::<RETURNING, false>(self.context);
        Self::unnarrowed(self.context, self.by, (row, denied), finished)
    }

    fn none(self) -> Self::Output {
        let row = self.write.row();
        Permitted {
            prepared: None,
            denial: Self::denial::<()>(self.context, self.by, row, None, Otherwise::Denied),
        }
    }

    fn filter<P: Permission<DatabaseOf<M>>>(self, condition: Condition<M, P>) -> Self::Output {
        let (row, denied) = (self.write.row(), self.write.denied());
        if const { W::CHANGES && policied::unforeseen::<M, P>() } {
            let question = Question::new(condition.clone(), RETURNING);
            // What the row would be, only the database knows.
            let finished = self.write.narrowed(condition).keyed::<false>(self.context);
            return Self::of(
                self.context,
                self.by,
                (row, denied),
                finished,
                Some(question),
            );
        }
        let finished = self.write.narrowed(condition);
        let finished = finished.finished::<RETURNING, ONE>(self.context);
        Self::of(self.context, self.by, (row, denied), finished, None)
    }
}

impl<'e, M, A, Act, W, const RETURNING: bool, const ONE: bool>
    Writing<'e, M, A, Act, W, RETURNING, ONE>
where
    M: Model<Policies: Permits<M, A, Act>>,
    A: Actor,
    Act: 'e,
{
    /// The write, which a policy narrows.
    fn of<R: References<DatabaseOf<M>>>(
        context: Context<'e, M::Root>,
        by: By<'e, A>,
        (row, denied): (Option<RowKey<M>>, Option<Denial>),
        mut finished: Finished<M, R>,
        question: Option<crate::error::Result<Question<M>>>,
    ) -> Permitted<'e, M> {
        let (new, proof) = (finished.new.take(), finished.proof.take());
        let otherwise = match denied {
            Some(denied) => Otherwise::Forbidden(denied),
            None => Otherwise::Skipped(proof),
        };
        let prepared = match question {
            Some(question) => finished.prepared().asking(question),
            None => finished.prepared(),
        };
        Permitted {
            prepared: Some(prepared),
            denial: Self::denial(context, by, row, new, otherwise),
        }
    }
}

impl<'e, M, A, Act, W, const RETURNING: bool, const ONE: bool> Maskable<M>
    for Writing<'e, M, A, Act, W, RETURNING, ONE>
where
    M: Model<Policies: Permits<M, A, Act>>,
    A: Actor,
    Act: 'e,
    W: Write<M>,
{
    fn text(&self) -> Option<Vec<u8>> {
        (!RETURNING).then(|| self.write.text())
    }

    fn masked<P: Permission<DatabaseOf<M>>>(
        self,
        policy: Option<Condition<M, Unmasked<P>>>,
        masks: Masks<'_, M>,
    ) -> Self::Output {
        let (context, by) = (self.context, self.by);
        let (row, denied) = (self.write.row(), self.write.denied());
        let Some(policy) = policy else {
            let finished = self.write.masked(masks);
            let finished = finished.finished::<RETURNING, false>(context);
            return Self::unnarrowed(context, by, (row, denied), finished);
        };
        if const { W::CHANGES && policied::unforeseen::<M, Unmasked<P>>() } {
            // The rows that come back are those that are asked about, and masked there.
            let asked = Condition::new(And::new(policy.clone().into_node(), masks.clone()));
            let question = Question::new(asked, RETURNING);
            let finished = self.write.narrowed(policy).masked(masks);
            let finished = finished.keyed::<false>(context);
            return Self::of(context, by, (row, denied), finished, Some(question));
        }
        let finished = self.write.narrowed(policy).masked(masks);
        let finished = finished.finished::<RETURNING, ONE>(context);
        Self::of(context, by, (row, denied), finished, None)
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
    E: Scope<'t, M, Actor: Writes<M>>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    <M::Policies as Permits<M, E::Actor, Act>>::permit(
        on.by(INSIDE),
        Writing::<M, E::Actor, Act, W, RETURNING, ONE> {
            context: on.context(),
            by: on.by(INSIDE),
            write,
            action: PhantomData,
        },
    )
}

/// The future of a write on one row.
pub(crate) fn execute_one<'e, 't, M, Act, W, E>(
    operation: Operation,
    write: W,
    on: &'e E,
) -> ExecuteOne<'e, DatabaseOf<M>>
where
    M: Model,
    Act: 'e,
    W: Write<M>,
    E: Scope<'t, M, Actor: Writes<M>>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    permitted::<M, Act, W, E, false, true>(write, on).execute_one(on.context(), operation)
}

/// As [`execute_one`], with the row.
pub(crate) fn fetch_one<'e, 't, M, Act, W, E>(
    operation: Operation,
    write: W,
    on: &'e E,
) -> FetchOne<'e, 't, M>
where
    M: Model,
    Act: 'e,
    W: Write<M>,
    E: Scope<'t, M, Actor: Writes<M>>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    permitted::<M, Act, W, E, true, true>(write, on).fetch_one(on.context(), operation)
}

/// The future of a write on any number of rows.
pub(crate) fn execute<'e, 't, M, Act, W, E>(
    operation: Operation,
    write: W,
    on: &'e E,
) -> Execute<'e, DatabaseOf<M>>
where
    M: Model,
    Act: 'e,
    W: Write<M>,
    E: Scope<'t, M, Actor: Writes<M>>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    match permitted::<M, Act, W, E, false, false>(write, on).prepared {
        Some(prepared) => prepared.execute(on.context(), operation),
        None => Execute::nothing(),
    }
}

/// As [`execute`], with the rows.
pub(crate) fn fetch_all<'e, 't, M, Act, W, E>(
    operation: Operation,
    write: W,
    on: &'e E,
) -> FetchAll<'e, 't, M>
where
    M: Model,
    Act: 'e,
    W: Write<M>,
    E: Scope<'t, M, Actor: Writes<M>>,
    M::Policies: Permits<M, E::Actor, Act>,
{
    match permitted::<M, Act, W, E, true, false>(write, on).prepared {
        Some(prepared) => prepared.fetch_all(on.context(), operation),
        None => FetchAll::nothing(),
    }
}
