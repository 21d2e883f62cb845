//! Databases of tenants are created and dropped.

use crate::backend::Backend;
use crate::backend::sealed::Options;
use crate::db::databases::claim::Claim;
use crate::db::databases::{Databases, NO_LOOKUP, claim};
use crate::error::unavailable::NoDatabase;
use crate::error::{Error, Result};
use crate::model::contract::TenantRoot;
use crate::model::obligations::HasDatabases;
use crate::pool::Pool;
use crate::pool::check::{Check, TenantName};
use crate::pool::connection::PoolConnection;
use crate::pool::place::Place;
use crate::tenant::verified::VerifiedTenant;
use sqlx::{SqlSafeStr, SqlStr};
use std::sync::Arc;
use uuid::Uuid;

impl<T: TenantRoot<Isolation: HasDatabases>> VerifiedTenant<T> {
    /// Creates the tenant's database with its tables, where the program's lookup says that it is; or
    /// nothing at all.
    ///
    /// If it is given up in the middle, or the program ends, what is there is the tenant's all the same: creating it
    /// again goes on from there, and [`drop_database`](Self::drop_database) drops it.
    ///
    /// `tables` is SQL: a literal, or what the caller vouches for with `sqlx::AssertSqlSafe`. It begins and ends no
    /// transaction: what ends it is refused. On PostgreSQL the
    /// role of the connection must be allowed to create databases, and it
    /// connects to the database `postgres` of the server to do so. On SQLite the folder must exist. All connections
    /// are among those that the pool may have.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if there is a database or a file of this name already, be it another tenant's, unless there
    /// is nothing in it;
    /// [`Error::NoDatabase`] if the lookup fails, or names what cannot be a tenant's; what the database
    /// says to `tables`, a conflict there as [`Error::Database`].
    pub async fn create_database(&self, tables: impl SqlSafeStr) -> Result<()> {
        let tables = tables.into_sql_str();
        let databases = self.databases()?;
        let pool = &self.db().shared().pool;
        let name = databases.name(self.id(), self.mark().await?);
        let _nobody_connects = databases.change(self.id())?;
        let options = self.own_options().await?;
        let way = Way::new(pool, options)?;
        way.create().await?;
        way.fill(tables, &name).await
    }

    /// Drops the tenant's database with everything in it, for good. If the way there is a symbolic link, both are gone.
    ///
    /// What has begun on it through this [`Db`](crate::Db) comes to its end first, also on connections from before it
    /// was [forgotten](crate::Db::forget_database); what begins meanwhile fails with
    /// [`Error::NoDatabase`]. Other handles and programs should have stopped to use it: those in the middle of a
    /// transaction are waited for, as far as the role sees them, and then PostgreSQL ends their connections; on SQLite
    /// they are noticed if they write at this moment.
    ///
    /// # Errors
    ///
    /// [`Error::NoDatabase`] if there is none that has the mark of the tenant's row, or the lookup fails;
    /// [`Error::Busy`] if what has begun on it did not end within the time that the pool waits for a connection.
    pub async fn drop_database(&self) -> Result<()> {
        let databases = self.databases()?;
        let pool = &self.db().shared().pool;
        let name = databases.name(self.id(), self.mark().await?);
        let nobody_connects = databases.change(self.id())?;
        let way = Way::new(pool, self.own_options().await?)?;
        let dropped = async {
            // Before anybody is waited for.
            way.is_owned_by(&name).await?;
            pool.evict(&nobody_connects.in_use()).await?;
            way.is_unused(&name).await?;
            way.remove().await
        };
        match dropped.await {
            // Somebody else may have been faster: a file that is removed meanwhile gives whatever error.
            Err(Error::Database(error)) => match way.is_owned_by(&name).await {
                Err(gone @ Error::NoDatabase(_)) => Err(gone),
                _ => Err(ended(Error::Database(error))),
            },
            dropped => dropped.map_err(ended),
        }
    }

    /// A connection to the tenant's database, for plain sqlx: for migrations.
    ///
    /// What runs on it has none of the guarantees of this crate, but that the database is the tenant's. (Behind a
    /// pooler that gives each transaction another connection it is so when this returns.)
    ///
    /// # Errors
    ///
    /// [`Error::NoDatabase`] if there is none that has the mark of the tenant's row, or the lookup fails;
    /// [`Error::Busy`] if no connection became free in time; if the database cannot be reached.
    pub async fn acquire_own(&self) -> Result<PoolConnection<T::Database>> {
        let pool = &self.db().shared().pool;
        let mark = self.mark().await?;
        let databases = self.databases()?;
        databases.acquire_clean(pool, self.id(), mark).await
    }

    async fn own_options(&self) -> Result<Options<T::Database>> {
        use crate::model::id::Repr as _;

        let pool = &self.db().shared().pool;
        self.databases()?.options(pool, self.id().any()).await
    }

    fn databases(&self) -> Result<&Databases<T::Database>> {
        let databases = &self.db().shared().databases;
        databases.as_ref().ok_or(Error::NoDatabase(NO_LOOKUP))
    }

    /// The mark that the database carries.
    async fn mark(&self) -> Result<Uuid> {
        let mark = self.context().mark().await?;
        mark.ok_or(Error::NoDatabase(NoDatabase::Unmarked))
    }
}

/// Whoever drops a database ends the connections to it (`admin_shutdown`: PostgreSQL, appendix A).
fn ended(error: Error) -> Error {
    let code = match &error {
        Error::Database(error) | Error::Unreachable(error) => error.code(),
        _ => None,
    };
    match code {
        Some("57P01") => Error::NoDatabase(NoDatabase::Changing),
        _ => error,
    }
}

/// The way to a database that is created or dropped. One connection at a time, each of the pool's.
struct Way<'a, DB: Backend> {
    pool: &'a Pool<DB>,
    options: Options<DB>,
    /// From where databases are created and dropped, if that is somewhere else than here.
    outside: Option<Options<DB>>,
}

impl<'a, DB: Backend> Way<'a, DB> {
    fn new(pool: &'a Pool<DB>, options: Options<DB>) -> Result<Self> {
        let outside = DB::outside(&options)?;
        let options = DB::existing(options)?;
        Ok(Self {
            pool,
            options,
            outside,
        })
    }

    /// Creates a database, unless there is one.
    async fn create(&self) -> Result<()> {
        let mut outside = self.outside().await?;
        let created = DB::create_database(outside.as_deref_mut(), &self.options).await;
        close(outside).await;
        created
    }

    async fn remove(&self) -> Result<()> {
        let mut outside = self.outside().await?;
        let removed = DB::drop_database(outside.as_deref_mut(), &self.options).await;
        close(outside).await;
        removed
    }

    /// Makes what is empty the tenant's.
    async fn fill(&self, tables: SqlStr, name: &TenantName) -> Result<()> {
        let place = self.once(self.options.clone(), Check::Nothing);
        let connection = self.pool.acquire(&place).await;
        let mut connection = connection.map_err(|error| match DB::is_absent(&error) {
            true => Error::NoDatabase(NoDatabase::Absent(self.pool.reported(error))),
            false => claim::or_taken(error),
        })?;
        let filled = match claim::make::<DB>(&mut connection, name).await {
            Ok(()) => claim::fill::<DB>(&mut connection, tables, self.pool).await,
            Err(error) => Err((error, Claim::Others)),
        };
        let Err((error, claim)) = filled else {
            connection.close().await;
            return Ok(());
        };
        // The first error is the one that tells.
        let given_up = match claim {
            Claim::Own => claim::give_up::<DB>(&mut connection).await.unwrap_or(false),
            Claim::Others => false,
        };
        connection.close().await;
        if given_up {
            let _ = self.remove().await;
        }
        Err(error)
    }

    /// That the database has the mark, whether or not its tables are there.
    async fn is_owned_by(&self, name: &TenantName) -> Result<()> {
        let connection = self.connect(Check::Claim(name.clone())).await?;
        connection.close().await;
        Ok(())
    }

    /// The same, at this moment; and that nobody writes to it.
    async fn is_unused(&self, name: &TenantName) -> Result<()> {
        let mut connection = self.connect(Check::Claim(name.clone())).await?;
        let alone = claim::is_alone::<DB>(&mut connection, name);
        let alone = self.pool.within(alone).await;
        connection.close().await;
        alone
    }

    /// A connection of the pool's for this once.
    async fn connect(&self, check: Check) -> Result<PoolConnection<DB>> {
        let place = self.once(self.options.clone(), check);
        Ok(self.pool.acquire(&place).await?)
    }

    async fn outside(&self) -> Result<Option<PoolConnection<DB>>> {
        match &self.outside {
            Some(outside) => {
                let place = self.once(outside.clone(), Check::Nothing);
                Ok(Some(self.pool.acquire(&place).await?))
            }
            None => Ok(None),
        }
    }

    /// A place to which nobody else connects.
    fn once(&self, options: Options<DB>, check: Check) -> Arc<Place<DB>> {
        let place = self.pool.place(options, check);
        place.abandon();
        place
    }
}

async fn close<DB: Backend>(connection: Option<PoolConnection<DB>>) {
    if let Some(connection) = connection {
        connection.close().await;
    }
}
