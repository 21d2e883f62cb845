//! What a statement runs on.

use crate::backend::Backend;
use crate::db::Shared;
use crate::db::databases::NO_LOOKUP;
use crate::db::mark::Mark;
use crate::db::rls::{RowSecurity, Told};
use crate::error::unavailable::NoDatabase;
use crate::error::unstorable::Unstorable;
use crate::error::{Error, Result};
use crate::execute::operation::Operation;
use crate::execute::slot::Slot;
use crate::execute::statement::Statement;
use crate::model::contract::{Model, TenantIdOf, TenantRoot};
use crate::model::id::Repr;
use crate::model::obligations::OfRoot;
use crate::model::params::Binder;
use crate::model::scoping::in_database;
use crate::pool::check::not_the_tenants;
use crate::pool::connection::PoolConnection;
use crate::pool::failed::Failed;
use crate::pool::lingering::Beginning;
use crate::sql::render::{Dialect, Fixed, Rendered};
use crate::sql::schema_name::SchemaName;
use crate::sql::trusted;
use crate::sql::trusted::{Sql, Text};
use crate::stmt::statement;
use sqlx::SqlStr;
use std::future::poll_fn;
use std::marker::PhantomData;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Span};
use uuid::Uuid;

use sqlx_core::transaction::TransactionManager as _;

use crate::backend::sealed::Backend as _;

type Manager<DB> = <DB as sqlx::Database>::TransactionManager;

/// What a token gives a statement to run on: the tenant's id, and a pool or a transaction.
#[doc(hidden)]
pub struct Context<'e, R: TenantRoot> {
    pub(crate) db: &'e Shared<R::Database>,
    pub(crate) slot: Option<&'e Slot<R::Database>>,
    pub(crate) tenant: Option<&'e TenantIdOf<R>>,
    /// The mark of the tenant's row, as far as it was read.
    pub(crate) mark: Option<&'e Mark>,
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

/// The context of every root, for [`IsRoot`](crate::model::IsRoot).
#[derive(Debug)]
pub(crate) struct ContextOf<'e>(PhantomData<&'e ()>);

impl<'e> OfRoot for ContextOf<'e> {
    type Of<R: TenantRoot> = Context<'e, R>;
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
            mark: None,
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
            Which::Shared => {
                // Told the tenant, it begins a transaction next.
                let acquired = match self.announced() {
                    Some(_) => pool.acquire_to_begin(place).await,
                    None => pool.acquire(place).await,
                };
                acquired.map_err(|error| pool.report(error))
            }
            Which::Own => {
                let tenant = self.tenant.ok_or(Error::TenantUnavailable)?;
                let databases = databases.as_ref().ok_or(Error::NoDatabase(NO_LOOKUP))?;
                let mark = self
                    .mark()
                    .await?
                    .ok_or(Error::NoDatabase(NoDatabase::Unmarked))?;
                databases.acquire(pool, tenant, mark).await
            }
        }
    }

    /// Whether a statement needs a transaction of its own, if it is not part of one.
    pub(crate) fn transacts(&self) -> bool {
        self.db.pool.transacts() || self.announced().is_some()
    }

    /// Begins a transaction, in which the database knows the tenant if it wants to.
    ///
    /// With `reads` it is for a read that comes to its end by itself. If it is dropped in the middle, or fails, the
    /// connection has to be cleaned.
    pub(crate) async fn begin(
        &self,
        connection: &mut PoolConnection<R::Database>,
        reads: bool,
    ) -> Result<(), Failed> {
        if self.place == Which::Own && self.db.pool.transacts() {
            return self.begin_own(connection).await;
        }
        let patience = connection.patience();
        let beginning = connection.beginning(reads);
        let begun = match patience.with(self.begin_as(connection, beginning)).await {
            Err(error @ sqlx::Error::Database(_)) if beginning.chained => {
                // It says what became of the read before, whose rows are with somebody else already.
                let error = connection.report(error);
                tracing::warn!(%error, "what a read did beside reading came to nothing");
                patience.with(self.begin_anew(connection, reads)).await
            }
            begun => begun,
        };
        begun.map_err(|error| connection.failed(error))
    }

    /// The same, where the one that was left open could not be ended.
    async fn begin_anew(
        &self,
        connection: &mut PoolConnection<R::Database>,
        reads: bool,
    ) -> Result<(), sqlx::Error> {
        Manager::<R::Database>::rollback(connection).await?;
        let beginning = connection.beginning(reads);
        self.begin_as(connection, beginning).await
    }

    async fn begin_as(
        &self,
        connection: &mut PoolConnection<R::Database>,
        beginning: Beginning,
    ) -> Result<(), sqlx::Error> {
        let told = match self.announced() {
            None => None,
            Some((rls, id)) => Some(rls.value(named(id)?)),
        };
        let begin = beginning.sql;
        let (begin, secret) = match told {
            None => (SqlStr::from_static(begin), None),
            Some(Told::Openly(tenant)) => (trusted::begin_as(begin, &tenant), None),
            Some(Told::InSecret(value)) => (SqlStr::from_static(begin), Some(value)),
        };
        connection.begins();
        if beginning.chained {
            // The driver goes on to count the one that was left open.
            R::Database::execute_raw(connection, begin).await?;
        } else {
            Manager::<R::Database>::begin(connection, Some(begin)).await?;
        }
        if let Some(value) = secret {
            tell(connection, value).await?;
        }
        connection.begun(beginning);
        Ok(())
    }

    /// Begins a transaction on the tenant's own database. Behind a pooler each may be on another connection, which may
    /// lead elsewhere by now: so the database is asked in each, in the same round trip.
    async fn begin_own(&self, connection: &mut PoolConnection<R::Database>) -> Result<(), Failed> {
        let mark = self.mark.and_then(Mark::get);
        let begin = match (R::Database::DIALECT, mark) {
            (Dialect::Postgres, Some(mark)) => trusted::begin_at(R::Database::BEGIN, mark, true),
            // There is nothing in between.
            _ => SqlStr::from_static(R::Database::BEGIN),
        };
        let patience = connection.patience();
        let begun = Manager::<R::Database>::begin(connection, Some(begin));
        let begun = patience.with(begun).await;
        begun.map_err(|error| connection.failed(not_the_tenants(error)))
    }

    /// Who tells the database the tenant, and which.
    fn announced(&self) -> Option<(&'e RowSecurity, &'e TenantIdOf<R>)> {
        match self.place {
            Which::Shared => self.db.rls.as_ref().zip(self.tenant),
            Which::Own => None,
        }
    }

    /// What an error of the driver means: of a tenant's own database that is not there, that the tenant has none.
    pub(crate) fn report(&self, error: sqlx::Error) -> Error {
        match (self.place, self.db.pool.report(error)) {
            (Which::Own, Error::Unreachable(source)) => {
                Error::NoDatabase(NoDatabase::Unreachable(source))
            }
            (_, error) => error,
        }
    }

    /// Why a transaction did not begin.
    pub(crate) fn unbegun(&self, failed: Failed) -> Error {
        match failed {
            // Another connection can.
            Failed::Outdated(error) => Error::Busy(self.db.pool.reported(error)),
            Failed::Database(error) => self.report(error),
            Failed::Refused(error) => error,
        }
    }

    pub(crate) fn error(&self, operation: Operation, error: sqlx::Error) -> Error {
        if let Some(tenant) = self.tenant
            && let Ok(schema) = SchemaName::marked(R::schema(tenant), self.mark.and_then(Mark::get))
            && let Some(why) = schema.missed(&error)
        {
            return Error::NoSchema(why(self.db.pool.reported(error)));
        }
        operation.error(self.report(error))
    }

    /// A text that the compiler made.
    #[allow(clippy::unused_self, reason = "as for templates")]
    pub(crate) fn fixed(&self, text: Fixed) -> Sql {
        trusted::fixed(text)
    }

    /// The text of a template.
    #[allow(clippy::unused_self, reason = "it says which database")]
    pub(crate) fn rendered(&self, template: &[u8]) -> Sql {
        trusted::rendered(template, R::Database::DIALECT)
    }

    /// The text of a statement, in the schema of the tenant if it has to be; the mark was read.
    pub(crate) fn placed_now(&self, text: Text) -> Result<SqlStr> {
        text.placed(|| {
            let tenant = self.tenant.ok_or(Error::TenantUnavailable)?;
            SchemaName::marked(R::schema(tenant), self.mark.and_then(Mark::get))
        })
    }

    /// The mark of the tenant's row, which its schema and its database carry, too. `None`: the row has none.
    pub(crate) async fn mark(&self) -> Result<Option<Uuid>> {
        let (tenant, mark) = match (self.tenant, self.mark) {
            (Some(tenant), Some(mark)) if !R::MARK.is_empty() => (tenant, mark),
            _ => return Err(Error::TenantUnavailable),
        };
        match mark.get() {
            Some(mark) => Ok(Some(mark)),
            None => Box::pin(self.ask_mark(tenant, mark)).await,
        }
    }

    async fn ask_mark(&self, tenant: &TenantIdOf<R>, mark: &Mark) -> Result<Option<Uuid>> {
        let shared = Context {
            slot: self.slot.filter(|slot| slot.place() == Which::Shared),
            place: Which::Shared,
            ..*self
        };
        let mut binder = Binder::<R::Database>::new(1);
        binder.id(Some(tenant));
        let statement = binder
            .finish(self.db.pool.details())
            .map(|arguments| Statement {
                sql: Text::Ready(SqlStr::from_static(MarkText::<R>::SQL)),
                arguments,
            });
        let mut row = shared.one(Operation::Verify, statement);
        let row = poll_fn(|task| row.poll(task)).await?;
        let row = row.ok_or(Error::TenantUnavailable)?;
        let read = R::Database::get_mark(&row, 0)?;
        if let Some(read) = read {
            mark.set(read);
        }
        Ok(read)
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
}

struct MarkText<R>(PhantomData<R>);

impl<R: TenantRoot> Rendered for MarkText<R> {
    const DIALECT: Dialect = <R::Database>::DIALECT;
    const TEMPLATE: &'static crate::sql::text::Text = &statement::mark::<R>();
}

/// The tenant, for row-level security, to which an empty one is none.
fn named(id: &impl Repr) -> Result<String, sqlx::Error> {
    match id.to_string() {
        id if id.is_empty() => Err(sqlx::Error::Encode(Unstorable::Nobody.into())),
        id => Ok(id),
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
