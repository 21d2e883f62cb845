//! Asking in advance: what an actor may do with a row, and why.

use crate::error::Result;
use crate::execute::statement::Pending;
use crate::expr::condition::Condition;
use crate::model::contract::{DatabaseOf, Model, TenantRoot};
use crate::model::obligations::IsRoot;
use crate::policy::action::Action;
use crate::policy::actor::By;
use crate::policy::along::{Along, TakesAlong, keeps};
use crate::policy::contract::Actor;
use crate::policy::explanation::Explanation;
use crate::policy::judge;
use crate::policy::masks::{Maskable, Masks, Unmasked};
use crate::policy::permit::{Permission, Permits, Visit};
use crate::policy::rules::Rules;
use crate::query::judging::{complete, remembered};
use crate::query::write::RowKey;
use crate::row::scoped::Scoped;
use crate::sealed::INSIDE;
use crate::tenant::acting::Acting;
use crate::tenant::scope::Scope;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::Context as TaskContext;
use std::task::Poll;

/// The future of [`Acting::can`].
#[must_use = "futures do nothing unless awaited"]
pub struct Can<'e>(Pending<'e, bool>);

/// The future of [`Acting::explain`].
#[must_use = "futures do nothing unless awaited"]
pub struct Explain<'e>(Pending<'e, Explanation>);

impl Future for Can<'_> {
    type Output = Result<bool>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        self.0.poll(task)
    }
}

impl Future for Explain<'_> {
    type Output = Result<Explanation>;

    fn poll(mut self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Self::Output> {
        self.0.poll(task)
    }
}

impl fmt::Debug for Can<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Can").finish_non_exhaustive()
    }
}

impl fmt::Debug for Explain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explain").finish_non_exhaustive()
    }
}

/// How far an actor gets with an action, whatever the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To every row.
    EveryRow,
    /// It depends on the row.
    SomeRows,
    /// To none.
    NoRow,
}

/// Asks which rows there are, and nothing of them.
struct Reaching;

impl<M: Model> Visit<M> for Reaching {
    type Output = Reach;

    fn all(self) -> Reach {
        Reach::EveryRow
    }

    fn none(self) -> Reach {
        Reach::NoRow
    }

    fn filter<P: Permission<DatabaseOf<M>>>(self, _: Condition<M, P>) -> Reach {
        Reach::SomeRows
    }
}

impl<M: Model> Maskable<M> for Reaching {
    fn text(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }

    fn masked<P: Permission<DatabaseOf<M>>>(
        self,
        policy: Option<Condition<M, Unmasked<P>>>,
        _: Masks<'_, M>,
    ) -> Reach {
        match policy {
            Some(_) => Reach::SomeRows,
            None => Reach::EveryRow,
        }
    }
}

/// What an action takes along, if it may keep a row.
fn along<M, A, Act>(by: By<'_, A>) -> Option<Along<M, A>>
where
    M: Model,
    A: Actor,
    Act: Action<Like: TakesAlong<M, A>>,
{
    let along: Along<M, A> = <Act::Like as TakesAlong<M, A>>::along;
    keeps(by, along).then_some(along)
}

impl<'t, T: TenantRoot, A: Actor> Acting<'t, T, A> {
    /// Whether the actor may do this to a row: to decide which buttons to show, say.
    ///
    /// It is advice. The row is judged as it was read; the statement that acts on it decides again, on
    /// the row as it is then, and on what it would make of it.
    ///
    /// Answered in memory where the row and the actor suffice. The database is asked, by one statement, where a rule asks
    /// a related row; where only the column knows whether two values are equal (of texts that are not the same, as
    /// collations may take them for equal, and of types that the library does not know, as enums); and where a removal
    /// takes rows with policies [along](crate::guide#what-goes-along).
    ///
    /// ```
    /// # use tenancy::{Acting, Scoped, Tenant, TenantRoot, TenantScoped};
    /// # use uuid::Uuid;
    /// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
    /// # struct Organization { id: Uuid, name: String }
    /// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
    /// # struct User { id: Uuid, email: String, admin: bool }
    /// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization, policies)]
    /// # struct Document { id: Uuid, #[tenancy(belongs_to = User)] owner_id: Uuid, title: String }
    /// # tenancy::policies! { Document, actor: User {
    /// #     read { authorize_if always; }
    /// #     update { authorize_if owner_id == actor; authorize_if actor.admin; }
    /// # } }
    /// use tenancy::policy::action;
    ///
    /// async fn editable<'t>(
    ///     acme: &Acting<'t, Organization, User>,
    ///     document: &Scoped<'t, Document>,
    /// ) -> tenancy::Result<bool> {
    ///     acme.can(action::Update, document).await
    /// }
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) (or [`Stale`](crate::Error::Stale), with a version) if the
    /// database had to be asked and the row is no more; what the database reports.
    pub fn can<'e, M, Act>(&'e self, action: Act, row: &Scoped<'t, M>) -> Can<'e>
    where
        M: Model<Root: IsRoot<T>>,
        M::Policies: Permits<M, A, Act>,
        Act: Action<Like: TakesAlong<M, A>>,
    {
        let _ = action;
        let (context, by) = (Scope::<M>::context(self), Scope::<M>::by(self, INSIDE));
        let parts = <M::Policies as Permits<M, A, Act>>::PARTS;
        let (answers, atoms) = remembered::<M, A, Act>(by, parts, Some(row));
        let open = answers.open(&atoms);
        let along = along::<M, A, Act>(by);
        match answers.settled(parts, &open) {
            Some(true) if along.is_some() => {}
            Some(allowed) => return Can(Pending::Settled(Some(Ok(allowed)))),
            None => {}
        }
        let key = RowKey::of(row);
        Can(Pending::Running(Box::pin(async move {
            let answers = complete::<M, A, Act>(context, by, key, open, along, answers).await?;
            let allows = |rules: &&Rules| judge::allows(rules, &answers);
            Ok(parts.iter().all(allows) && answers.along() != Some(false))
        })))
    }

    /// What the policies say about this action, this actor and a row, check by check.
    ///
    /// For the operator, and for tests; see [`Explanation`]. As for [`can`](Self::can), the row is judged as
    /// it was read.
    ///
    /// # Errors
    ///
    /// As for [`can`](Self::can).
    pub fn explain<'e, M, Act>(&'e self, action: Act, row: &Scoped<'t, M>) -> Explain<'e>
    where
        M: Model<Root: IsRoot<T>>,
        M::Policies: Permits<M, A, Act>,
        Act: Action<Like: TakesAlong<M, A>>,
    {
        let _ = action;
        let (context, by) = (Scope::<M>::context(self), Scope::<M>::by(self, INSIDE));
        let parts = <M::Policies as Permits<M, A, Act>>::PARTS;
        let (answers, atoms) = remembered::<M, A, Act>(by, parts, Some(row));
        let open = answers.open(&atoms);
        let along = along::<M, A, Act>(by);
        if open.is_empty() && along.is_none() {
            let explanation = judge::explain(M::TABLE, parts, &answers);
            return Explain(Pending::Settled(Some(Ok(explanation))));
        }
        let key = RowKey::of(row);
        Explain(Pending::Running(Box::pin(async move {
            let answers = complete::<M, A, Act>(context, by, key, open, along, answers).await?;
            Ok(judge::explain(M::TABLE, parts, &answers))
        })))
    }

    /// How far the actor gets with an action on `M`, as far as the actor alone decides:
    /// `acme.reach::<Document, _>(action::Create)`. Asks no row and no database.
    pub fn reach<M, Act>(&self, action: Act) -> Reach
    where
        M: Model<Root: IsRoot<T>>,
        M::Policies: Permits<M, A, Act>,
        Act: Action<Like: TakesAlong<M, A>>,
    {
        let _ = action;
        let by = Scope::<M>::by(self, INSIDE);
        match <M::Policies as Permits<M, A, Act>>::permit(by, Reaching) {
            Reach::EveryRow if along::<M, A, Act>(by).is_some() => Reach::SomeRows,
            reach => reach,
        }
    }
}
