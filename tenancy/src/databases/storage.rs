//! Databases of tenants are created and removed.

use sqlx::{ConnectOptions as _, Connection as _, SqlSafeStr, SqlStr};
use uuid::Uuid;

use super::{Databases, NO_LOOKUP, NoDatabase, TenantName};
use crate::backend::Backend;
use crate::backend::sealed::{Backend as _, Options};
use crate::check::HasDatabases;
use crate::id::Repr as _;
use crate::model::TenantRoot;
use crate::pool::PoolConnection;
use crate::sql::Dialect;
use crate::tenant::VerifiedTenant;
use crate::{Error, Result};

/// The table that says whose a database is, in its only row.
const CREATE: &str =
    "CREATE TABLE tenancy_tenant (root text NOT NULL, tenant text NOT NULL, mark text NOT NULL)";

/// Whoever connects asks it.
const GRANT: &str = "GRANT SELECT ON tenancy_tenant TO PUBLIC";

impl<T: TenantRoot<Isolation: HasDatabases>> VerifiedTenant<T> {
    /// Creates the tenant's database with its tables, where the program's lookup says that it is; or
    /// nothing at all. (If it is dropped in the middle, an empty database may be left, which is in the way.)
    ///
    /// `tables` is SQL: a literal, or what the caller vouches for with `sqlx::AssertSqlSafe`. On PostgreSQL the
    /// role of the connection must be allowed to create databases, and it
    /// connects to the database `postgres` of the server to do so. On SQLite the folder must exist.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if there is a database or a file of this name already, be it another tenant's;
    /// [`Error::NoDatabase`] if the lookup fails, or names what cannot be a tenant's; whatever the database
    /// says to `tables`.
    pub async fn create_database(&self, tables: impl SqlSafeStr) -> Result<()> {
        let tables = tables.into_sql_str();
        let name = self.name().await?;
        let _nobody_connects = self.databases()?.change(self.id())?;
        let options = self.own_options().await?;
        T::Database::create_database(&options).await?;
        let created = self.fill(&options, tables, name).await;
        if created.is_err() {
            // The error is the one that tells.
            let _ = T::Database::drop_database(&options).await;
        }
        created
    }

    /// Removes the tenant's database with everything in it, for good.
    ///
    /// What has begun on it through this [`Db`](crate::Db) comes to its end first; what begins meanwhile fails with
    /// [`Error::NoDatabase`]. Other handles and programs should have stopped to use it: PostgreSQL ends
    /// their connections, and SQLite does not know of them.
    ///
    /// # Errors
    ///
    /// [`Error::NoDatabase`] if there is none that says that it is this tenant's, or the lookup fails;
    /// [`Error::Busy`] if what has begun on it did not end within the time that the pool waits for a connection.
    pub async fn drop_database(&self) -> Result<()> {
        let databases = self.databases()?;
        let pool = &self.db().shared().pool;
        let mark = self.mark().await?;
        let place = databases.place(pool, self.id(), mark).await?;
        // It is the tenant's, says the check of the connection.
        pool.acquire(&place).await?.finished();
        let _nobody_connects = databases.change(self.id())?;
        pool.evict(&place).await?;
        T::Database::drop_database(place.options()).await
    }

    /// A connection to the tenant's database, for plain sqlx: for migrations.
    ///
    /// What runs on it has none of the guarantees of this crate, but that the database is the tenant's.
    ///
    /// # Errors
    ///
    /// [`Error::NoDatabase`] if there is none that says that it is this tenant's, or the lookup fails;
    /// [`Error::Busy`] if no connection became free in time; if the database cannot be reached.
    pub async fn acquire_own(&self) -> Result<PoolConnection<T::Database>> {
        let pool = &self.db().shared().pool;
        let mark = self.mark().await?;
        let databases = self.databases()?;
        databases.acquire_clean(pool, self.id(), mark).await
    }

    async fn own_options(&self) -> Result<Options<T::Database>> {
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

    async fn fill(
        &self,
        options: &Options<T::Database>,
        tables: SqlStr,
        name: TenantName,
    ) -> Result<()> {
        let mut connection = options.connect().await?;
        let filled = fill::<T::Database>(&mut connection, tables, name).await;
        // What was written is there whether or not it says good-bye.
        let _ = connection.close().await;
        filled
    }

    async fn name(&self) -> Result<TenantName> {
        Ok(TenantName {
            root: T::TABLE,
            tenant: self.id().to_string(),
            mark: self.mark().await?,
        })
    }
}

async fn fill<DB: Backend>(
    connection: &mut DB::Connection,
    tables: SqlStr,
    name: TenantName,
) -> Result<()> {
    let mut transaction = connection.begin().await?;
    DB::execute_raw(&mut transaction, tables).await?;
    DB::execute_raw(&mut transaction, SqlStr::from_static(CREATE)).await?;
    if DB::DIALECT == Dialect::Postgres {
        DB::execute_raw(&mut transaction, SqlStr::from_static(GRANT)).await?;
    }
    let mut arguments = DB::Arguments::default();
    let added = DB::add_str(&mut arguments, Some(name.root))
        .and_then(|()| DB::add_text(&mut arguments, name.tenant))
        .and_then(|()| DB::add_text(&mut arguments, name.mark.to_string()));
    added.map_err(sqlx::Error::Encode)?;
    let sql = SqlStr::from_static("INSERT INTO tenancy_tenant VALUES ($1, $2, $3)");
    DB::execute(&mut transaction, sql, arguments).await?;
    Ok(transaction.commit().await?)
}
