//! A finished statement, and how it runs.

use std::future::poll_fn;
use std::task::{self, Poll};

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;

use super::context::Context;
use super::held::Held;
use super::operation::Operation;
use super::own::{Own, Undecided};
use crate::backend::{Backend, Step};
use crate::model::{KeyOf, Model, RowOf, TenantRoot};
use crate::policy::Denial;
use crate::sql::vouch::Text;
use crate::{Error, Result};

impl<'e, R: TenantRoot> Context<'e, R> {
    /// Runs a statement that gives at most one row.
    pub(crate) fn one(
        self,
        operation: Operation,
        statement: Result<Statement<R::Database>>,
    ) -> Pending<'e, Option<RowOf<R>>> {
        let Statement { sql, arguments } = match statement {
            Ok(statement) => statement,
            Err(error) => return Pending::failed(error),
        };
        Pending::Running(Box::pin(async move {
            let sql = self.placed(sql).await?;
            let mut held = Held::take(self).await?;
            match held.first(sql, arguments).await {
                Ok((row, ended)) => {
                    if ended {
                        let finished = held.finish(operation.reads()).await;
                        finished.map_err(|error| self.error(operation, error))?;
                    }
                    Ok(row)
                }
                Err(error) => Err(self.error(operation, held.note(error).await)),
            }
        }))
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
        let Statement { sql, arguments } = match statement {
            Ok(statement) => statement,
            Err(error) => return Pending::failed(error),
        };
        Pending::Running(Box::pin(async move {
            let sql = self.placed(sql).await?;
            let mut held = Held::take(self).await?;
            match held
                .run(sql, arguments, |step| each(&mut collected, step))
                .await
            {
                Ok(()) => {
                    let finished = held.finish(operation.reads()).await;
                    finished.map_err(|error| self.error(operation, error))?;
                    Ok(collected)
                }
                Err(error) => Err(self.error(operation, held.note(error).await)),
            }
        }))
    }

    /// Runs a statement that gives the keys of the rows that it wrote, and lets it last only if all of
    /// them are among those that another statement finds then; collects what that gives.
    pub(crate) fn decided<M: Model<Root = R>, T: Send + 'e>(
        self,
        operation: Operation,
        statement: Result<Statement<R::Database>>,
        ask: impl Fn(&[KeyOf<M>]) -> Result<Statement<R::Database>> + Send + 'e,
        mut collected: T,
        mut each: impl FnMut(&mut T, RowOf<R>) -> Result<(), sqlx::Error> + Send + 'e,
    ) -> Pending<'e, T> {
        let Statement { sql, arguments } = match statement {
            Ok(statement) => statement,
            Err(error) => return Pending::failed(error),
        };
        Pending::Running(Box::pin(async move {
            if R::SCHEMAS {
                // Rules may look into the schema where the statement does not.
                self.mark().await?;
            }
            let sql = self.placed_now(sql)?;
            let ask = move |keys: &[KeyOf<M>]| {
                let Statement { sql, arguments } = ask(keys)?;
                Ok((self.placed_now(sql)?, arguments))
            };
            let mut own = Own::begin(self).await?;
            let collect = |row| each(&mut collected, row);
            match own.decide::<M>(sql, arguments, ask, collect).await {
                Ok(true) => {
                    let committed = own.commit().await;
                    committed.map_err(|error| self.error(operation, error))?;
                    Ok(collected)
                }
                Ok(false) => {
                    own.rollback().await?;
                    let denial = Denial::new(operation.name(), None);
                    Err(Error::Forbidden(denial))
                }
                Err(error) => {
                    // The first error is the one that tells; what is left then, the connection's end
                    // undoes.
                    let _ = own.rollback().await;
                    Err(match error {
                        Undecided::Database(error) => self.error(operation, error),
                        Undecided::Statement(error) => error,
                    })
                }
            }
        }))
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
        let Statement { sql, arguments } = statement;
        Many::Running(Box::pin(async_stream::try_stream! {
            let sql = self.placed(sql).await?;
            let mut held = Held::take(self).await?;
            let mut failed = None;
            let mut steps = held.connection().steps(sql, arguments);
            while let Some(step) = poll_fn(|task| steps.as_mut().poll_next(task)).await {
                match step {
                    Ok(step) => yield step,
                    Err(error) => {
                        failed = Some(error);
                        break;
                    }
                }
            }
            drop(steps);
            match failed {
                Some(error) => Err(self.error(operation, held.note(error).await))?,
                None => {
                    let finished = held.finish(operation.reads()).await;
                    finished.map_err(|error| self.error(operation, error))?;
                }
            }
        }))
    }
}

/// The text of a statement and its parameters.
pub(crate) struct Statement<DB: Backend> {
    pub(crate) sql: Text,
    pub(crate) arguments: DB::Arguments,
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
