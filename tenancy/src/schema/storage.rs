//! Schemas of tenants are created and removed.

use sqlx::error::DatabaseError;
use sqlx::{Connection as _, Executor as _, Postgres, SqlSafeStr, SqlStr};

use super::SchemaName;
use crate::check::MayOwnTables;
use crate::db::Db;
use crate::model::TenantRoot;
use crate::rls::InSchema;
use crate::sql::vouch;
use crate::tenant::VerifiedTenant;
use crate::{Error, Result};

impl<T: TenantRoot<Database = Postgres>> VerifiedTenant<T> {
    /// The name of the tenant's schema, for models with `strategy = schema`.
    ///
    /// # Errors
    ///
    /// [`Error::NoSchema`] if the tenant's id makes no such name.
    pub fn schema(&self) -> Result<SchemaName> {
        SchemaName::of::<T>(self.id())
    }

    /// Creates the tenant's schema and the tables in it, or nothing at all, as the role that the tenant's
    /// [`Db`] connects as: it must be allowed to create schemas, and owns what it creates. Under row-level security
    /// it is not to own tables, so there it is [`create_schema_as`](Self::create_schema_as).
    ///
    /// `tables` is SQL (a literal, or what the caller vouches for with `sqlx::AssertSqlSafe`) that runs in the
    /// schema: a name without another schema is one in it. What is shared
    /// is named with its schema (`public.users`). `tenancy::ddl` makes such a text of the models.
    ///
    /// ```compile_fail,E0277
    /// # use tenancy::{TenantRoot, VerifiedTenant};
    /// #[derive(Debug, TenantRoot)]
    /// #[tenancy(database = sqlx::Postgres, rls)]
    /// struct Organization { id: uuid::Uuid, name: String }
    /// # async fn f(acme: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    /// acme.create_schema("CREATE TABLE invoices (id uuid PRIMARY KEY)").await?; // the program would own it
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if there is such a schema already, be it another tenant's whose name is the same;
    /// [`Error::NoSchema`]; whatever the database says to `tables`.
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
    /// # #[tenancy(database = sqlx::Postgres, rls)]
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

    /// Removes the tenant's schema with everything in it, for good, as the role that the tenant's [`Db`] connects
    /// as: under row-level security that is another one, and this does not compile.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such schema; [`Error::NoSchema`].
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
        let schema = self.schema()?;
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
        let drop = vouch::drop_schema(&self.schema()?);
        let mut connection = owner.acquire().await?;
        connection
            .execute(sqlx::raw_sql(drop))
            .await
            .map_err(absent)?;
        Ok(())
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
