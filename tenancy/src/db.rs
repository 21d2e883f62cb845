//! The handle to a database that tenants live in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::Connection;

use crate::Result;
use crate::backend::Backend;
use crate::pool::{Connections, Place, Pool, PoolConnection, PoolOptions};

/// A database: a pool whose connections come back clean.
///
/// No borrower of a connection sees anything of the previous one. A statement of this crate that came to
/// its end leaves nothing, unless a trigger or a function of the database does; plain sqlx does not see that
/// either, and other tenants' triggers do not with [`PoolOptions::always_clean`]. After everything else (a transaction that was not committed, a statement that
/// failed or was cancelled, plain sqlx on [`acquire`](Self::acquire)) an open transaction is rolled back
/// and, on PostgreSQL, role and settings are reset, locks released and temporary tables dropped. This
/// closes a gap of sqlx 0.9.0, where a `BEGIN` whose future is dropped at the wrong moment leaves a
/// transaction open for whoever comes next.
///
/// Cloning is cheap; all clones share the pool. A tenant that was verified on a database is entered
/// on that one and no other: the proof carries the `Db`.
pub struct Db<DB: Backend> {
    pool: Pool<DB>,
    place: Arc<Place<DB>>,
    identity: Identity,
}

/// Tells one [`Db`] and its clones from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity(u64);

impl Identity {
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
        let options = url
            .parse::<<DB::Connection as Connection>::Options>()
            .map_err(crate::Error::from)?;
        Self::connect_with(PoolOptions::new(), options).await
    }

    /// Connects with options of your own.
    ///
    /// # Errors
    ///
    /// If the database cannot be reached.
    pub async fn connect_with(
        pool: PoolOptions,
        options: <DB::Connection as Connection>::Options,
    ) -> Result<Self> {
        let this = Self::connect_lazy_with(pool, options);
        this.borrow().await?.finished();
        Ok(this)
    }

    /// As [`connect_with`](Self::connect_with), but connects when the first statement runs.
    #[must_use]
    pub fn connect_lazy_with(
        pool: PoolOptions,
        options: <DB::Connection as Connection>::Options,
    ) -> Self {
        Self {
            pool: Pool::new(pool),
            place: Place::new(options),
            identity: Identity::new(),
        }
    }

    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    /// Where its connections lead.
    #[must_use]
    pub fn connect_options(&self) -> &<DB::Connection as Connection>::Options {
        self.place.options()
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
        Ok(self.pool.acquire_clean(&self.place).await?)
    }

    /// A connection for a statement.
    pub(crate) async fn borrow(&self) -> Result<PoolConnection<DB>, sqlx::Error> {
        self.pool.acquire(&self.place).await
    }

    /// How many connections there are at the moment, for metrics.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.pool.connections()
    }

    /// Closes the pool, waiting for borrowed connections to come back.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl<DB: Backend> Clone for Db<DB> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            place: Arc::clone(&self.place),
            identity: self.identity,
        }
    }
}

impl<DB: Backend> std::fmt::Debug for Db<DB> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("database", &DB::NAME).finish()
    }
}
