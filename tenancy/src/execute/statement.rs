//! A finished statement, and how it runs.

use crate::backend::sealed::Backend as _;
use crate::backend::{Backend, Step};
use crate::error::denial::Denial;
use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::held::Held;
use crate::execute::operation::Operation;
use crate::execute::own::Own;
use crate::model::contract::{KeyOf, Model, RowOf, TenantRoot};
use crate::pool::failed::Failed;
use crate::sql::trusted::Text;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::SqlStr;
use std::future::poll_fn;
use std::task;
use std::task::Poll;

impl<'e, R: TenantRoot> Context<'e, R> {
    /// Runs a statement that gives at most one row.
    pub(crate) fn one(
        self,
        operation: Operation,
        statement: Result<Statement<R::Database>>,
    ) -> Pending<'e, Option<RowOf<R>>> {
        let statement = match statement {
            Ok(statement) => statement,
            Err(error) => return Pending::failed(error),
        };
        Pending::Running(Box::pin(async move {
            let row = self.first(operation, statement).await;
            row.map_err(|failed| self.failed(operation, failed))
        }))
    }

    async fn first(
        self,
        operation: Operation,
        statement: Statement<R::Database>,
    ) -> Result<Option<RowOf<R>>, Failed> {
        let mut statement = self.place(statement).await?;
        let mut spare = self.spare(&statement);
        let reads = !operation.writes();
        let mut held = Held::take(self, reads).await?;
        loop {
            let Statement { sql, arguments } = statement;
            match held.first(sql, arguments).await {
                Ok((row, ended)) => {
                    if ended {
                        held.finish(reads).await.map_err(Failed::Database)?;
                    }
                    return Ok(row);
                }
                Err(error) => match (held.note(error).await, spare.next()) {
                    (Failed::Outdated(_), Some(again)) => {
                        held = held.renew(self, reads).await?;
                        statement = again;
                    }
                    (failed, _) => return Err(failed),
                },
            }
        }
    }

    /// Runs a statement to its end and collects what comes back.
    ///
    /// The loop is inside the one future, so that a row passes through no more hands than the
    /// driver's.
    pub(crate) fn all<T: Send + 'e>(
        self,
        operation: Operation,
        statement: Result<Statement<R::Database>>,
        mut collected: T,
        mut each: impl FnMut(&mut T, Step<R::Database>) -> Result<(), sqlx::Error> + Send + 'e,
    ) -> Pending<'e, T> {
        let statement = match statement {
            Ok(statement) => statement,
            Err(error) => return Pending::failed(error),
        };
        Pending::Running(Box::pin(async move {
            let mut unread = None;
            let collect = |step| match each(&mut collected, step) {
                // What it writes lasts, so it comes to its end first.
                Err(error) if operation.writes() => {
                    unread.get_or_insert(error);
                    Ok(())
                }
                result => result,
            };
            let ended = self.to_the_end(operation, statement, collect).await;
            ended.map_err(|failed| self.failed(operation, failed))?;
            match unread {
                None => Ok(collected),
                Some(error) => Err(self.error(operation, error).written()),
            }
        }))
    }

    async fn to_the_end(
        self,
        operation: Operation,
        statement: Statement<R::Database>,
        mut each: impl FnMut(Step<R::Database>) -> Result<(), sqlx::Error>,
    ) -> Result<(), Failed> {
        let mut statement = self.place(statement).await?;
        let mut spare = self.spare(&statement);
        let reads = !operation.writes();
        let mut held = Held::take(self, reads).await?;
        let mut seen = false;
        loop {
            let Statement { sql, arguments } = statement;
            let step = |step| {
                seen = true;
                each(step)
            };
            match held.run(sql, arguments, step).await {
                Ok(()) => {
                    return held.finish(reads).await.map_err(Failed::Database);
                }
                Err(error) => match (held.note(error).await, spare.next()) {
                    (Failed::Outdated(_), Some(again)) if !seen => {
                        held = held.renew(self, reads).await?;
                        statement = again;
                    }
                    (failed, _) => return Err(failed),
                },
            }
        }
    }

    /// Runs a statement that gives the keys of the rows that it wrote, and lets it last only if all of
    /// them are among those that another statement finds then; collects what that gives.
    pub(crate) fn decided<M: Model<Root = R>, T: Send + 'e>(
        self,
        operation: Operation,
        statement: Result<Statement<R::Database>>,
        mut ask: impl FnMut(&[KeyOf<M>]) -> Result<Statement<R::Database>> + Send + 'e,
        mut collected: T,
        mut each: impl FnMut(&mut T, RowOf<R>) -> Result<(), sqlx::Error> + Send + 'e,
    ) -> Pending<'e, T> {
        let statement = match statement {
            Ok(statement) => statement,
            Err(error) => return Pending::failed(error),
        };
        Pending::Running(Box::pin(async move {
            if R::SCHEMAS && self.tenant.is_some() {
                // Rules may look into the schema where the statement does not. Outside of tenants, they look into none.
                self.mark().await?;
            }
            let mut statement = self.place_now(statement)?;
            let mut spare = self.spare(&statement);
            let mut ask = |keys: &[KeyOf<M>]| self.place_now(ask(keys)?);
            let mut seen = false;
            let mut unread = None;
            let allowed = loop {
                let collect = |row| {
                    seen = true;
                    // As without rules: what is written lasts, if it is allowed, whether it can be read or not.
                    if let Err(error) = each(&mut collected, row) {
                        unread.get_or_insert(error);
                    }
                    Ok(())
                };
                match self.decide::<M>(statement, &mut ask, collect).await {
                    Err(Failed::Outdated(error)) if !seen => match spare.next() {
                        Some(again) => statement = again,
                        None => break Err(Failed::Outdated(error)),
                    },
                    decided => break decided,
                }
            };
            match allowed {
                Ok(true) => match unread {
                    None => Ok(collected),
                    Some(error) => Err(self.error(operation, error).written()),
                },
                Ok(false) => {
                    let denial = Denial::new(operation.name(), None);
                    Err(Error::Forbidden(denial))
                }
                Err(failed) => Err(self.failed(operation, failed)),
            }
        }))
    }

    /// Whether what a statement wrote was allowed; nothing of it is left otherwise.
    async fn decide<M: Model<Root = R>>(
        self,
        statement: Placed<R::Database>,
        ask: impl FnMut(&[KeyOf<M>]) -> Result<Placed<R::Database>>,
        each: impl FnMut(RowOf<R>) -> Result<(), sqlx::Error>,
    ) -> Result<bool, Failed> {
        let mut own = Own::begin(self).await?;
        let allowed = own.decide::<M>(statement, ask, each).await;
        match &allowed {
            Ok(true) => own.commit().await.map_err(Failed::Database)?,
            Ok(false) => own.rollback().await.map_err(Failed::Database)?,
            // The first error is the one that tells; what is left then, the connection's end undoes.
            Err(_) => drop(own.rollback().await),
        }
        allowed
    }

    /// Runs a statement that gives any number of rows.
    pub(crate) fn many(
        self,
        operation: Operation,
        statement: Result<Statement<R::Database>>,
    ) -> Many<'e, R::Database> {
        let statement = match statement {
            Ok(statement) => statement,
            Err(error) => return Many::Failed(Some(error)),
        };
        Many::Running(Box::pin(async_stream::try_stream! {
            let statement = self.place(statement).await?;
            let mut spare = self.spare(&statement);
            let mut next = Some(statement);
            // Whoever reads it may take any time.
            let taken = Held::take(self, false).await;
            let mut held = taken.map_err(|failed| self.failed(operation, failed))?;
            while let Some(Statement { sql, arguments }) = next.take() {
                let mut yielded = false;
                let mut failed = None;
                let patience = held.connection().patience();
                let mut steps = held.connection().steps(sql, arguments);
                loop {
                    let step = async { poll_fn(|task| steps.as_mut().poll_next(task)).await.transpose() };
                    match patience.with(step).await {
                        Ok(None) => break,
                        Ok(Some(step)) => {
                            yielded = true;
                            yield step;
                        }
                        Err(error) => {
                            failed = Some(error);
                            break;
                        }
                    }
                }
                drop(steps);
                let Some(error) = failed else {
                    break;
                };
                match (held.note(error).await, spare.next()) {
                    (Failed::Outdated(_), Some(again)) if !yielded => {
                        let renewed = held.renew(self, false).await;
                        held = renewed.map_err(|failed| self.failed(operation, failed))?;
                        next = Some(again);
                    }
                    (failed, _) => Err(self.failed(operation, failed))?,
                }
            }
            let finished = held.finish(false).await;
            finished.map_err(|error| self.error(operation, error))?;
        }))
    }

    /// What a statement is run with once more, if the connection turns out to be outdated. In a transaction it is
    /// not: the transaction is lost with it.
    fn spare(&self, statement: &Placed<R::Database>) -> Spare<R::Database> {
        let again = const { <R::Database>::OUTDATES } && self.slot.is_none();
        Spare {
            statement: again.then(|| statement.copy()),
            // A connection that is new may have to learn, yet.
            left: if self.db.pool.transacts() { 2 } else { 1 },
        }
    }

    /// Puts a statement into the schema of the tenant, if it has to be. The tenant's row is asked for its mark if nobody
    /// did so before: so it comes before a connection is taken.
    async fn place(&self, statement: Statement<R::Database>) -> Result<Placed<R::Database>> {
        if let Text::InSchema(_) = statement.sql {
            self.mark().await?;
        }
        self.place_now(statement)
    }

    /// The same, when the mark was read.
    fn place_now(&self, statement: Statement<R::Database>) -> Result<Placed<R::Database>> {
        Ok(Statement {
            sql: self.placed_now(statement.sql)?,
            arguments: statement.arguments,
        })
    }

    fn failed(&self, operation: Operation, failed: Failed) -> Error {
        match failed {
            Failed::Outdated(error) if self.slot.is_some() => {
                Error::Busy(self.db.pool.reported(error))
            }
            Failed::Outdated(error) | Failed::Database(error) => self.error(operation, error),
            Failed::Refused(error) => error,
        }
    }
}

/// The text of a statement, up to the schema of the tenant, and its parameters.
pub(crate) struct Statement<DB: Backend, S = Text> {
    pub(crate) sql: S,
    pub(crate) arguments: DB::Arguments,
}

/// A statement whose text is complete.
pub(crate) type Placed<DB> = Statement<DB, SqlStr>;

impl<DB: Backend> Placed<DB> {
    fn copy(&self) -> Self {
        Self {
            sql: self.sql.clone(),
            arguments: self.arguments.clone(),
        }
    }
}

/// A statement for another try, or several.
struct Spare<DB: Backend> {
    statement: Option<Placed<DB>>,
    left: u8,
}

impl<DB: Backend> Spare<DB> {
    fn next(&mut self) -> Option<Placed<DB>> {
        self.left = self.left.saturating_sub(1);
        match self.left {
            0 => self.statement.take(),
            _ => self.statement.as_ref().map(Statement::copy),
        }
    }
}

/// A running statement.
pub(crate) enum Pending<'e, T> {
    /// It never ran: what to say instead.
    Settled(Option<Result<T>>),
    Running(BoxFuture<'e, Result<T>>),
}

impl<T> Pending<'_, T> {
    fn failed(error: Error) -> Self {
        Self::Settled(Some(Err(error)))
    }

    pub(crate) fn poll(&mut self, task: &mut task::Context<'_>) -> Poll<Result<T>> {
        match self {
            Self::Settled(result) => {
                Poll::Ready(result.take().expect("a future is not polled after its end"))
            }
            Self::Running(running) => running.as_mut().poll(task),
        }
    }
}

/// A running statement that gives any number of rows.
pub(crate) enum Many<'e, DB: Backend> {
    Failed(Option<Error>),
    Running(BoxStream<'e, Result<Step<DB>>>),
}

impl<DB: Backend> Many<'_, DB> {
    pub(crate) fn poll(&mut self, task: &mut task::Context<'_>) -> Poll<Option<Result<Step<DB>>>> {
        match self {
            Self::Failed(error) => Poll::Ready(error.take().map(Err)),
            Self::Running(steps) => steps.as_mut().poll_next(task),
        }
    }
}
