//! The handle to a database that tenants live in.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::{Connection, Pool};

use crate::Result;
use crate::backend::{Backend, Fine};

/// A connection idle for longer is tested before it is used again.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(15);

/// A database: a pool whose connections come back clean.
///
/// No borrower of a connection sees anything of the previous one: when a connection is released, an
/// open transaction is rolled back and (on PostgreSQL) role and settings are reset, locks released
/// and temporary tables dropped. This closes a gap of sqlx 0.9.0, where a `BEGIN` whose future is
/// dropped at the wrong moment leaves a transaction open for whoever comes next.
///
/// Cloning is cheap; all clones share the pool. A tenant that was verified on a database is entered
/// on that one and no other: the proof carries the `Db`.
pub struct Db<DB: Backend> {
    pool: Pool<DB>,
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
    /// The hooks `before_acquire` and `after_release` and the option `test_before_acquire` are
    /// replaced: what a connection went through before it is borrowed is what isolation rests on.
    /// A connection is tested when it is released, and once more before use if it was idle for
    /// fifteen seconds.
    ///
    /// # Errors
    ///
    /// If the database cannot be reached.
    pub async fn connect_with(
        pool: PoolOptions<DB>,
        options: <DB::Connection as Connection>::Options,
    ) -> Result<Self> {
        let pool = clean(pool).connect_with(options).await?;
        Ok(Self::new(pool))
    }

    /// As [`connect_with`](Self::connect_with), but connects when the first statement runs.
    #[must_use]
    pub fn connect_lazy_with(
        pool: PoolOptions<DB>,
        options: <DB::Connection as Connection>::Options,
    ) -> Self {
        Self::new(clean(pool).connect_lazy_with(options))
    }

    fn new(pool: Pool<DB>) -> Self {
        Self {
            pool,
            identity: Identity::new(),
        }
    }

    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    /// The pool below: for migrations and for tables that belong to no tenant.
    ///
    /// What runs on it is plain sqlx, without a tenant and without the guarantees of this crate.
    #[must_use]
    pub fn pool(&self) -> &Pool<DB> {
        &self.pool
    }

    /// Closes the pool, waiting for borrowed connections to come back.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// The options with the hooks that keep borrowers apart.
fn clean<DB: Backend>(pool: PoolOptions<DB>) -> PoolOptions<DB> {
    pool.test_before_acquire(false)
        .before_acquire(|connection, metadata| {
            if metadata.idle_for <= TEST_AFTER_IDLE {
                return Box::pin(Fine);
            }
            Box::pin(async move {
                connection.ping().await?;
                Ok(true)
            })
        })
        .after_release(|connection, _| DB::clean(connection))
}

impl<DB: Backend> Clone for Db<DB> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            identity: self.identity,
        }
    }
}

impl<DB: Backend> std::fmt::Debug for Db<DB> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("database", &DB::NAME).finish()
    }
}
