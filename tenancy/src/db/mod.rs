//! The handle to a database that tenants live in.

pub(crate) mod databases;
pub(crate) mod mark;
pub(crate) mod rls;
pub(crate) mod schema;
#[cfg(feature = "postgres")]
pub(crate) mod secured;

use crate::backend::Backend;
use crate::backend::sealed::Options;
use crate::db::databases::Databases;
use crate::db::rls::RowSecurity;
use crate::error::Result;
use crate::model::contract::{Model, TenantIdOf, TenantRoot};
use crate::model::identity::Identity;
use crate::model::isolation;
use crate::model::isolation::{Isolation, Plain};
use crate::model::scoping::Global;
use crate::pool::Pool;
use crate::pool::check::Check;
use crate::pool::connection::PoolConnection;
use crate::pool::options::PoolOptions;
use crate::pool::place::Place;
use crate::pool::size::Connections;
use crate::row::detached::Detached;
use crate::row::scoped::Scoped;
use sqlx::error::BoxDynError;
use std::marker::PhantomData;
use std::sync::Arc;

/// A database: a pool whose connections come back clean.
///
/// No borrower of a connection sees anything of the previous one. A statement of this crate that came to
/// its end leaves nothing, unless a trigger or a function of the database does; plain sqlx does not see that
/// either, and other tenants' triggers do not with [`PoolOptions::always_clean`]. After everything else (a transaction that was not committed, a statement that
/// failed or was cancelled, plain sqlx on [`acquire`](Self::acquire)) an open transaction is rolled back
/// and, on PostgreSQL, role and settings are reset, locks released and temporary tables dropped; a connection on
/// which SQL prepared a statement (`PREPARE`), or discarded those of the driver (`DISCARD ALL`), is closed. This
/// closes a gap of sqlx 0.9.0, where a `BEGIN` whose future is dropped at the wrong moment leaves a
/// transaction open for whoever comes next.
///
/// Cloning is cheap; all clones share the pool. A tenant that was verified on a database is entered
/// on that one and no other: the proof carries the `Db`.
///
/// `I` is what it does to keep tenants apart, beyond the statements: see [`isolation`](crate::isolation).
pub struct Db<DB: Backend, I = Plain> {
    shared: Arc<Shared<DB>>,
    isolation: PhantomData<fn() -> I>,
}

/// The [`Db`] that the tenants of the root `R` live in.
pub type DbOf<R> = Db<<R as TenantRoot>::Database, <R as TenantRoot>::Isolation>;

/// What all clones share.
pub(crate) struct Shared<DB: Backend> {
    pub(crate) pool: Pool<DB>,
    /// The database that tenants share.
    pub(crate) place: Arc<Place<DB>>,
    identity: Identity,
    pub(crate) rls: Option<RowSecurity>,
    pub(crate) databases: Option<Databases<DB>>,
}

impl<DB: Backend> Db<DB> {
    /// Connects to a database by its URL, with the pool's defaults.
    ///
    /// # Errors
    ///
    /// If the URL is not valid or the database cannot be reached.
    pub async fn connect(url: &str) -> Result<Self> {
        let options = url
            .parse::<Options<DB>>()
            .map_err(crate::error::Error::from)?;
        Self::connect_with(PoolOptions::new(), options).await
    }

    /// Connects with options of your own.
    ///
    /// # Errors
    ///
    /// If the database cannot be reached.
    pub async fn connect_with(pool: PoolOptions, options: Options<DB>) -> Result<Self> {
        let this = Self::connect_lazy_with(pool, options);
        this.probe().await?;
        Ok(this)
    }

    /// As [`connect_with`](Self::connect_with), but connects when the first statement runs.
    #[must_use]
    pub fn connect_lazy_with(pool: PoolOptions, options: Options<DB>) -> Self {
        let pool = Pool::new(pool);
        let place = pool.place(options, Check::Nothing);
        Self::new(pool, place, None, None)
    }
}

impl<DB: Backend, I> Db<DB, I> {
    fn new(
        pool: Pool<DB>,
        place: Arc<Place<DB>>,
        rls: Option<RowSecurity>,
        databases: Option<Databases<DB>>,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                pool,
                place,
                identity: Identity::new(),
                rls,
                databases,
            }),
            isolation: PhantomData,
        }
    }

    /// Connects, to see whether it can be done.
    async fn probe(&self) -> Result<()> {
        self.shared.borrow().await?.finished();
        Ok(())
    }

    pub(crate) fn identity(&self) -> Identity {
        self.shared.identity
    }

    pub(crate) fn shared(&self) -> &Shared<DB> {
        &self.shared
    }

    /// Where its connections lead.
    #[must_use]
    pub fn connect_options(&self) -> &Options<DB> {
        self.shared.place.options()
    }

    /// A connection for plain sqlx: for migrations, and for tables that belong to no tenant.
    ///
    /// What runs on it has no tenant and none of the guarantees of this crate.
    ///
    /// ```
    /// # use tenancy::{Db, PoolOptions};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> tenancy::Result<()> {
    /// # let db = Db::<sqlx::Sqlite>::connect("sqlite::memory:").await?;
    /// sqlx::raw_sql("CREATE TABLE plans (id INTEGER PRIMARY KEY)")
    ///     .execute(&mut *db.acquire().await?)
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Busy`](crate::Error::Busy) if no connection became free in time; if the database cannot be
    /// reached.
    pub async fn acquire(&self) -> Result<PoolConnection<DB>> {
        let shared = &self.shared;
        let acquired = shared.pool.acquire_clean(&shared.place).await;
        acquired.map_err(|error| shared.pool.report(error))
    }

    /// Takes a row that all tenants share back from one of them: one that was read on a tenant of this database,
    /// and [detached](crate::Tenant::detach).
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) if the row was read on another `Db`.
    pub fn adopt<M>(&self, row: Detached<M>) -> Result<Scoped<'static, M>>
    where
        M: Model<Scoping = Global, Root: TenantRoot<Database = DB>>,
    {
        row.adopted_by(None, self.identity())
    }

    /// How many connections there are at the moment, for metrics.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.shared.pool.connections()
    }

    /// Closes the pool, waiting for borrowed connections to come back: at most as long as a statement waits for one
    /// ([`PoolOptions::acquire_timeout`]), as they may never. One that comes back later is closed then.
    ///
    /// A database in memory is gone with its last connection.
    pub async fn close(&self) {
        self.shared.pool.close().await;
        self.shared.place.release();
    }
}

impl<DB: Backend, I: Isolation> Db<DB, I> {
    /// The same database, with databases of their own for the tenants of the root `R`, which has
    /// `#[tenancy(databases)]`. Their models have `strategy = database`.
    ///
    /// `lookup` says where the database of a tenant is: from its id, or from a table in the shared database. Whoever
    /// makes a path of an id that is a text sees to it that it does not lead elsewhere.
    /// It must not ask for the tenant's own database, which would wait for itself until
    /// [`PoolOptions::acquire_timeout`] is over.
    /// It is asked when the tenant's database is first used, and again when no connection to it was left or
    /// [`forget_database`](Db::forget_database) was called. All connections, to whichever database, are under
    /// the one ceiling of [`PoolOptions::max_connections`]: one that was not used for longest makes room.
    ///
    /// ```
    /// # use tenancy::{Db, DbOf, TenantRoot, TenantScoped};
    /// # use sqlx::sqlite::SqliteConnectOptions;
    /// #[derive(Debug, TenantRoot)]
    /// #[tenancy(database = sqlx::Sqlite, databases)]
    /// struct Organization { id: i64, name: String }
    ///
    /// #[derive(Debug, TenantScoped)]
    /// #[tenancy(root = Organization, strategy = database)]
    /// struct Invoice { id: uuid::Uuid, number: i64 }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> tenancy::Result<()> {
    /// let db: DbOf<Organization> = Db::connect("sqlite::memory:").await?
    ///     .with_databases(|id: i64| async move {
    ///         Ok(SqliteConnectOptions::new().filename(format!("tenants/{id}.db")))
    ///     });
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_databases<R, F, O>(self, lookup: F) -> Db<DB, isolation::Databases<R, I>>
    where
        R: TenantRoot<Database = DB>,
        F: Fn(TenantIdOf<R>) -> O + Send + Sync + 'static,
        O: Future<Output = Result<Options<DB>, BoxDynError>> + Send + 'static,
    {
        let Shared {
            pool, place, rls, ..
        } = &*self.shared;
        let databases = Databases::new::<R, _, _>(lookup);
        Db::new(
            pool.clone(),
            Arc::clone(place),
            rls.clone(),
            Some(databases),
        )
    }
}

impl<DB: Backend, R: TenantRoot<Database = DB>, I> Db<DB, isolation::Databases<R, I>> {
    /// Forgets where the database of a tenant is, so that it is looked up again: after it was moved.
    ///
    /// What has begun on a connection to the old one ends there; what only waits for one goes to the new one.
    pub fn forget_database(&self, tenant: &TenantIdOf<R>) {
        if let Some(databases) = &self.shared.databases {
            databases.forget(tenant);
        }
    }
}

impl<DB: Backend> Shared<DB> {
    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    /// A connection to the database that tenants share, for a statement.
    pub(crate) async fn borrow(&self) -> Result<PoolConnection<DB>> {
        let acquired = self.pool.acquire(&self.place).await;
        acquired.map_err(|error| self.pool.report(error))
    }
}

impl<DB: Backend, I> Clone for Db<DB, I> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            isolation: PhantomData,
        }
    }
}

impl<DB: Backend, I> std::fmt::Debug for Db<DB, I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("database", &DB::NAME).finish()
    }
}
