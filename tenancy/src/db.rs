//! The handle to a database that tenants live in.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::error::BoxDynError;

use crate::Result;
use crate::backend::Backend;
use crate::backend::sealed::Options;
use crate::databases::Databases;
use crate::isolation::{self, Isolation, Plain};
use crate::model::{Global, Model, TenantIdOf, TenantRoot};
use crate::pool::{Check, Connections, Place, Pool, PoolConnection, PoolOptions};
use crate::rls::RowSecurity;
use crate::tenant::{Detached, Scoped};

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
/// `I` is what it does to keep tenants apart, beyond the statements: see [`isolation`].
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

/// Tells one [`Db`] and its clones from all others.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity(u64);

impl Identity {
    /// That of no database: where no row is read, this is where it is read.
    pub(crate) const NONE: Self = Self(u64::MAX);

    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // One per nanosecond would last for centuries.
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl<DB: Backend> Db<DB> {
    /// Connects to a database by its URL, with the pool's defaults.
    ///
    /// # Errors
    ///
    /// If the URL is not valid or the database cannot be reached.
    pub async fn connect(url: &str) -> Result<Self> {
        let options = url.parse::<Options<DB>>().map_err(crate::Error::from)?;
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

#[cfg(feature = "postgres")]
mod rls {
    use super::*;
    use crate::rls::SigningKey;

    impl Db<sqlx::Postgres> {
        /// The same database, which is told the tenant of every statement, for row-level security: for roots with
        /// `#[tenancy(rls)]`.
        ///
        /// Each statement runs in a transaction (its own, unless it is part of one), whose `BEGIN` sets the
        /// tenant in the same round trip, until the transaction ends. Policies of the tables compare it:
        /// see [`rls`](crate::rls).
        ///
        /// Every new connection is asked whether row-level security holds for it.
        ///
        /// # Errors
        ///
        /// [`Error::UnsafeRole`](crate::Error::UnsafeRole) if the role could get around it: it is a superuser, or has
        /// BYPASSRLS, or is a member of a role that does, or owns tables with row-level security that is not forced;
        /// if the database cannot be reached.
        pub async fn with_rls(self) -> Result<Db<sqlx::Postgres, isolation::Rls>> {
            self.secured(RowSecurity::Setting).await
        }

        /// As [`with_rls`](Self::with_rls), with a signature that only this program can make: SQL that was injected
        /// through other code cannot change to another tenant.
        ///
        /// Costs a computation of HMAC-SHA-256 here, and one on the server for each statement; and a round trip for
        /// each transaction, since the signature is a parameter: the text of a statement is shown to other
        /// sessions of the same role.
        ///
        /// # Errors
        ///
        /// As for [`with_rls`](Self::with_rls), and if SQL of the role could get around signatures: it has a
        /// privilege on the key; owns a table with row-level security or its schema, or may `TRUNCATE` it or add
        /// triggers; has
        /// CREATEROLE or REPLICATION; or may read or write files of the server. The same if the database does not
        /// verify signatures with this key.
        pub async fn with_signed_rls(
            self,
            key: SigningKey,
        ) -> Result<Db<sqlx::Postgres, isolation::Rls>> {
            self.secured(RowSecurity::Signed(Arc::new(key))).await
        }

        async fn secured(self, rls: RowSecurity) -> Result<Db<sqlx::Postgres, isolation::Rls>> {
            let Shared { pool, place, .. } = &*self.shared;
            let check = Check::Role {
                signed: matches!(rls, RowSecurity::Signed(_)),
            };
            let place = pool.place(place.options().clone(), check);
            let mut connection = pool.acquire(&place).await?;
            if let RowSecurity::Signed(key) = &rls {
                crate::rls::verified(&mut connection, key).await?;
            }
            drop(connection);
            Ok(Db::new(pool.clone(), place, Some(rls), None))
        }
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
