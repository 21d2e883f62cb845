//! Schemas of tenants are created and dropped.

use sqlx::error::DatabaseError;
use sqlx::{Connection as _, Executor as _, Postgres, Row as _, SqlSafeStr, SqlStr};

use super::{Dependents, SchemaName};
use crate::check::{HasSchemas, MayOwnTables};
use crate::db::Db;
use crate::model::TenantRoot;
use crate::rls::InSchema;
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

    /// Creates the tenant's schema and the tables in it, or nothing at all, as the role that the tenant's
    /// [`Db`] connects as: it must be allowed to create schemas, and owns what it creates. Under row-level security
    /// it is not to own tables, so there it is [`create_schema_as`](Self::create_schema_as).
    ///
    /// `tables` is SQL (a literal, or what the caller vouches for with `sqlx::AssertSqlSafe`) that runs in the
    /// schema: a name without another schema is one in it. What is shared
    /// is named with its schema (`public.users`). `tenancy::ddl` makes such a text of the models.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the tenant has its schema already; [`Error::NoSchema`]; whatever the database says to
    /// `tables`.
    pub async fn create_schema(&self, tables: impl SqlSafeStr) -> Result<()>
    where
        T::Isolation: MayOwnTables,
    {
        self.create(self.db(), tables.into_sql_str()).await
    }

    /// As [`create_schema`](Self::create_schema), as the role that `owner` connects as, to the same database:
    /// the one that owns the tables, and not the program's.
    ///
    /// Under row-level security no table of the schema is left without it, whatever `tables` says: it is switched
    /// on for all of them, for their owner, too, with a policy that lets transactions of this tenant through and no
    /// others, signed if the tenant's handle signs. Tables that come later are closed the same way by
    /// [`secure_schema`](Self::secure_schema). Rights are for `tables` to grant, on the tables and on the schema
    /// (`Tables::granted_to` does): there are no default privileges, since a table that came later would be open
    /// before it is closed.
    ///
    /// ```
    /// # use tenancy::{Db, DbOf, Root as _, TenantRoot, TenantScoped};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = sqlx::Postgres, rls, schemas)]
    /// # struct Organization { id: uuid::Uuid, name: String }
    /// # #[cfg(feature = "ddl")]
    /// # async fn f(db: DbOf<Organization>, id: uuid::Uuid, url: &str) -> tenancy::Result<()> {
    /// # let tables = tenancy::ddl::Tables::<Organization>::new();
    /// let owner = Db::<sqlx::Postgres>::connect(url).await?; // as the role that runs migrations
    /// let acme = Organization::verify(&db, id).await?; // as the role of the program
    /// acme.create_schema_as(&owner, tables.of_schema()).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`create_schema`](Self::create_schema); under row-level security [`Error::UnsafeRole`] if the
    /// program's role is a member of the owner's.
    pub async fn create_schema_as(
        &self,
        owner: &Db<Postgres>,
        tables: impl SqlSafeStr,
    ) -> Result<()> {
        self.create(owner, tables.into_sql_str()).await
    }

    /// Drops the tenant's schema with everything in it, for good, and with nothing that is elsewhere, as the role that
    /// the tenant's [`Db`] connects as.
    ///
    /// Waits for what has begun on its tables, as long as the pool waits for a connection. What begins meanwhile waits,
    /// and fails when the schema is gone.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such schema; [`Error::SchemaInUse`] if something elsewhere depends on what is
    /// in it (a view, a default, a foreign key); [`Error::Busy`] if what has begun did not end in time;
    /// [`Error::NoSchema`].
    pub async fn drop_schema(&self) -> Result<()>
    where
        T::Isolation: MayOwnTables,
    {
        self.remove(self.db()).await
    }

    /// As [`drop_schema`](Self::drop_schema), as the role that `owner` connects as, to the same database.
    ///
    /// # Errors
    ///
    /// Those of [`drop_schema`](Self::drop_schema).
    pub async fn drop_schema_as(&self, owner: &Db<Postgres>) -> Result<()> {
        self.remove(owner).await
    }

    async fn create<I>(&self, owner: &Db<Postgres, I>, tables: SqlStr) -> Result<()> {
        let schema = self.schema().await?;
        let secured = InSchema::of(self, &schema);
        let mut connection = owner.acquire().await?;
        let mut transaction = connection.begin().await?;
        if let Some(secured) = &secured {
            secured.begin(&mut transaction).await?;
        }
        transaction
            .execute(sqlx::raw_sql(vouch::create_schema(&schema)))
            .await?;
        transaction.execute(sqlx::raw_sql(tables)).await?;
        // After everything that makes tables.
        if let Some(secured) = &secured {
            secured.close(&mut transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn remove<I>(&self, owner: &Db<Postgres, I>) -> Result<()> {
        let schema = self.schema().await?;
        let patience = owner.shared().pool.patience();
        let mut connection = owner.acquire().await?;
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
pub(crate) fn absent(error: sqlx::Error) -> Error {
    let code = error.as_database_error().and_then(DatabaseError::code);
    match code.as_deref() {
        Some("3F000") => Error::NotFound,
        _ => error.into(),
    }
}
