//! Schemas of tenants are created and dropped.

use sqlx::error::DatabaseError;
use sqlx::{Connection as _, Executor as _, Postgres, Row as _, SqlSafeStr};

use super::{Dependents, SchemaName};
use crate::check::HasSchemas;
use crate::model::TenantRoot;
use crate::sql::vouch;
use crate::tenant::VerifiedTenant;
use crate::{Error, Result};

impl<T: TenantRoot<Database = Postgres, Schemas: HasSchemas>> VerifiedTenant<T> {
    /// The name of the tenant's schema, for models with `strategy = schema`: what the root says for the tenant's id,
    /// and the mark of the tenant's row, which no other tenant has or had.
    ///
    /// Asks the tenant's row for the mark if the tenant was [assumed to be verified](Self::assume_verified).
    ///
    /// # Errors
    ///
    /// [`Error::NoSchema`] if the tenant's id makes no such name, or its row has no mark;
    /// [`Error::TenantUnavailable`] if there is no such row.
    pub async fn schema(&self) -> Result<SchemaName> {
        SchemaName::of::<T>(self.id(), self.context().mark().await?)
    }

    /// Creates the tenant's schema and the tables in it, or nothing at all.
    ///
    /// `tables` is SQL (a literal, or what the caller vouches for with `sqlx::AssertSqlSafe`) that runs in the
    /// schema: a name without another schema is one in it. What is shared
    /// is named with its schema (`public.users`). `tenancy::ddl` makes such a text
    /// of the models. The connection's role must be allowed to create schemas.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the tenant has its schema already; [`Error::NoSchema`]; whatever the database says to
    /// `tables`.
    pub async fn create_schema(&self, tables: impl SqlSafeStr) -> Result<()> {
        let create = vouch::create_schema(&self.schema().await?);
        let mut connection = self.db().acquire().await?;
        let mut transaction = connection.begin().await?;
        transaction.execute(sqlx::raw_sql(create)).await?;
        transaction.execute(sqlx::raw_sql(tables)).await?;
        Ok(transaction.commit().await?)
    }

    /// Drops the tenant's schema with everything in it, for good, and with nothing that is elsewhere.
    ///
    /// Waits for what has begun on its tables, as long as the pool waits for a connection. What begins meanwhile waits,
    /// and fails when the schema is gone.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such schema; [`Error::SchemaInUse`] if something elsewhere depends on what is
    /// in it (a view, a default, a foreign key); [`Error::Busy`] if what has begun did not end in time;
    /// [`Error::NoSchema`].
    pub async fn drop_schema(&self) -> Result<()> {
        let schema = self.schema().await?;
        let patience = self.db().shared().pool.patience();
        let mut connection = self.db().acquire().await?;
        let mut transaction = connection.begin().await?;
        // Nothing new comes to depend on a table that is locked.
        transaction
            .execute(sqlx::raw_sql(vouch::lock_schema(&schema, patience)))
            .await?;
        let dependents = sqlx::raw_sql(vouch::dependents(&schema));
        let dependents = transaction.fetch_all(dependents).await?;
        if !dependents.is_empty() {
            let objects = dependents.iter().map(|row| row.try_get(0));
            let objects = objects.collect::<Result<_, _>>()?;
            return Err(Error::SchemaInUse(Dependents { objects }));
        }
        transaction
            .execute(sqlx::raw_sql(vouch::drop_schema(&schema)))
            .await
            .map_err(absent)?;
        Ok(transaction.commit().await?)
    }
}

/// `invalid_schema_name` (PostgreSQL, appendix A).
fn absent(error: sqlx::Error) -> Error {
    let code = error.as_database_error().and_then(DatabaseError::code);
    match code.as_deref() {
        Some("3F000") => Error::NotFound,
        _ => error.into(),
    }
}
