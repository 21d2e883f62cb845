//! A finished statement, and what it runs on.

use std::future::poll_fn;
use std::task::{self, Poll};

use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use sqlx::SqlStr;
use sqlx_core::transaction::TransactionManager as _;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Span};

use super::discreet::discreet;
use super::held::Held;
use super::operation::Operation;
use super::own::{Own, Undecided};
use super::slot::Slot;
use crate::backend::sealed::Backend as _;
use crate::backend::{Backend, Step};
use crate::binder::Binder;
use crate::databases::NO_LOOKUP;
use crate::db::Shared;
use crate::model::{KeyOf, Model, RowOf, TenantIdOf, TenantRoot, in_database};
use crate::policy::Denial;
use crate::pool::PoolConnection;
use crate::rls::{RowSecurity, Told};
use crate::schema::SchemaName;
use crate::sql::render::Fixed;
use crate::sql::vouch::{self, Sql};
use crate::{Error, Result};

type Manager<DB> = <DB as sqlx::Database>::TransactionManager;

/// What a token gives a statement to run on: the tenant's id, and a pool or a transaction.
#[doc(hidden)]
pub struct Context<'e, R: TenantRoot> {
    pub(crate) db: &'e Shared<R::Database>,
    pub(crate) slot: Option<&'e Slot<R::Database>>,
    pub(crate) tenant: Option<&'e TenantIdOf<R>>,
    /// Whether the statement is on rows with guarded fields, of which an error must not tell.
    pub(crate) guarded: bool,
    /// Which database it runs on.
    pub(crate) place: Which,
}

/// Which database rows are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// The one that tenants share.
    Shared,
    /// The tenant's own.
    Own,
}

impl<R: TenantRoot> Clone for Context<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: TenantRoot> Copy for Context<'_, R> {}

impl<R: TenantRoot> std::fmt::Debug for Context<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}

impl<'e, R: TenantRoot> Context<'e, R> {
    /// Without a tenant.
    pub(crate) fn on(db: &'e Shared<R::Database>) -> Self {
        Self {
            db,
            slot: None,
            tenant: None,
            guarded: false,
            place: Which::Shared,
        }
    }

    /// The span of an operation: tenant, table and operation, never a value.
    ///
    /// A span that nobody records still costs some hundred instructions to make, enter and close,
    /// so there is none unless a subscriber asks for this level.
    pub(crate) fn span<M: Model>(&self, operation: Operation) -> Span {
        if LevelFilter::current() < Level::DEBUG {
            return Span::none();
        }
        match self.tenant {
            Some(tenant) => {
                tracing::debug_span!("tenancy", %tenant, table = M::TABLE, operation = operation.name())
            }
            None => tracing::debug_span!("tenancy", table = M::TABLE, operation = operation.name()),
        }
    }

    /// The same, for a statement on `M`.
    pub(crate) fn about<M: Model>(mut self) -> Self {
        self.guarded = M::GUARDED;
        if const { in_database::<M>() } {
            self.place = Which::Own;
        }
        self
    }

    /// A connection to the database that the statement runs on.
    pub(crate) async fn borrow(&self) -> Result<PoolConnection<R::Database>> {
        let Shared {
            pool,
            place,
            databases,
            ..
        } = self.db;
        match self.place {
            Which::Shared => Ok(pool.acquire(place).await?),
            Which::Own => {
                let tenant = self.tenant.ok_or(Error::TenantUnavailable)?;
                let databases = databases.as_ref().ok_or(Error::NoDatabase(NO_LOOKUP))?;
                databases.acquire(pool, tenant).await
            }
        }
    }

    /// Whether a statement needs a transaction of its own, if it is not part of one.
    pub(crate) fn transacts(&self) -> bool {
        self.db.pool.transacts() || self.announced().is_some()
    }

    /// Begins a transaction, in which the database knows the tenant if it wants to.
    ///
    /// If it is dropped in the middle, or fails, the connection has to be cleaned.
    pub(crate) async fn begin(
        &self,
        connection: &mut PoolConnection<R::Database>,
    ) -> Result<(), sqlx::Error> {
        let begin = R::Database::BEGIN;
        let told = self.announced().map(|(rls, id)| rls.value(id.to_string()));
        let (begin, secret) = match told {
            None => (SqlStr::from_static(begin), None),
            Some(Told::Openly(tenant)) => (vouch::begin_as(begin, &tenant), None),
            Some(Told::InSecret(value)) => (SqlStr::from_static(begin), Some(value)),
        };
        let begun = async {
            Manager::<R::Database>::begin(connection, Some(begin)).await?;
            match secret {
                Some(value) => tell(connection, value).await,
                None => Ok(()),
            }
        };
        let begun = begun.await;
        if let Err(error) = &begun {
            connection.failed(error);
        }
        begun
    }

    /// Who tells the database the tenant, and which.
    fn announced(&self) -> Option<(&'e RowSecurity, &'e TenantIdOf<R>)> {
        match self.place {
            Which::Shared => self.db.rls.as_ref().zip(self.tenant),
            Which::Own => None,
        }
    }

    fn error(self, operation: Operation, error: sqlx::Error) -> Error {
        operation.error(if self.guarded { discreet(error) } else { error })
    }

    /// A text that the compiler made.
    pub(crate) fn fixed(&self, text: Fixed) -> Result<Sql> {
        vouch::fixed(text, || self.schema())
    }

    /// The text of a template.
    pub(crate) fn rendered(&self, template: &[u8]) -> Result<Sql> {
        vouch::rendered(template, R::Database::DIALECT, || self.schema())
    }

    /// The schema of the tenant; a statement on a table in it never runs without one.
    fn schema(&self) -> Result<SchemaName> {
        let tenant = self.tenant.ok_or(Error::TenantUnavailable)?;
        SchemaName::of::<R>(tenant)
    }

    /// Binds the tenant; a statement with a tenant's predicate never runs without one.
    pub(crate) fn bind_tenant(&self, binder: &mut Binder<R::Database>) -> Result<()> {
        match self.tenant {
            Some(tenant) => {
                binder.id(Some(tenant));
                Ok(())
            }
            None => Err(Error::TenantUnavailable),
        }
    }

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
            let mut held = Held::take(self).await?;
            match held.first(sql, arguments).await {
                Ok((row, ended)) => {
                    if ended {
                        let finished = held.finish().await;
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
            let mut held = Held::take(self).await?;
            match held
                .run(sql, arguments, |step| each(&mut collected, step))
                .await
            {
                Ok(()) => {
                    let finished = held.finish().await;
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
        let statement = match statement {
            Ok(statement) => statement,
            Err(error) => return Pending::failed(error),
        };
        Pending::Running(Box::pin(async move {
            let mut own = Own::begin(self).await?;
            let collect = |row| each(&mut collected, row);
            match own.decide::<M>(statement, ask, collect).await {
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
                    let finished = held.finish().await;
                    finished.map_err(|error| self.error(operation, error))?;
                }
            }
        }))
    }
}

/// Tells the database the tenant of the transaction, out of the sight of others.
async fn tell<DB: Backend>(
    connection: &mut PoolConnection<DB>,
    value: String,
) -> Result<(), sqlx::Error> {
    let sql = SqlStr::from_static("SELECT pg_catalog.set_config('tenancy.tenant', $1, true)");
    let mut arguments = DB::Arguments::default();
    DB::add_text(&mut arguments, value).map_err(sqlx::Error::Encode)?;
    let mut steps = connection.steps(sql, arguments);
    while let Some(step) = poll_fn(|task| steps.as_mut().poll_next(task)).await {
        step?;
    }
    Ok(())
}

/// The text of a statement and its parameters.
pub(crate) struct Statement<DB: Backend> {
    pub(crate) sql: SqlStr,
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
