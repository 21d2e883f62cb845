//! Schemas of tenants are created and dropped.

use crate::db::Db;
use crate::db::schema::owner;
use crate::db::schema::owner::Program;
use crate::error::in_use::Dependents;
use crate::error::{Error, Result};
use crate::model::contract::TenantRoot;
use crate::model::obligations::{HasSchemas, MayOwnTables};
use crate::sql::schema_name::SchemaName;
use crate::sql::trusted;
use crate::tenant::secured::InSchema;
use crate::tenant::verified::VerifiedTenant;
use futures_core::future::BoxFuture;
use sqlx::Connection as _;
use sqlx::Executor as _;
use sqlx::Row as _;
use sqlx::error::DatabaseError;
use sqlx::{PgConnection, Postgres, SqlSafeStr, SqlStr};

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
        SchemaName::marked(T::schema(self.id()), self.context().mark().await?)
    }

    /// Creates the tenant's schema and the tables in it, or nothing at all, as the role that the tenant's
    /// [`Db`] connects as: it must be allowed to create schemas, and owns what it creates. Under row-level security
    /// it is not to own tables, so there it is [`create_schema_as`](Self::create_schema_as).
    ///
    /// `tables` is SQL (a literal, or what the caller vouches for with `sqlx::AssertSqlSafe`) that runs in the
    /// schema: a name without another schema is one in it. What is shared
    /// is named with its schema (`public.users`). `tenancy::ddl` makes such a text of the models. It begins and ends no
    /// transaction: a `COMMIT` in it is refused.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the tenant has its schema already; [`Error::NoSchema`]; [`Error::Busy`] if a lock was not
    /// granted as long as the pool waits for a connection (a foreign key locks the table that it refers to); what the
    /// database says to `tables`, a conflict there as [`Error::Database`].
    // Boxed, so that rustc speaks of the bound once, and not of every type that the future has.
    pub fn create_schema<'a>(&'a self, tables: impl SqlSafeStr) -> BoxFuture<'a, Result<()>>
    where
        T::Isolation: MayOwnTables,
    {
        Box::pin(self.create(self.db(), tables.into_sql_str()))
    }

    /// As [`create_schema`](Self::create_schema), as the role that `owner` connects as, to the same database:
    /// the one that owns the tables, and not the program's.
    ///
    /// Under row-level security no table of the schema is left without it, whatever `tables` says: it is switched
    /// on for all of them, for their owner, too, with a policy that lets transactions of this tenant through and no
    /// others, signed if the tenant's handle signs. Tables that come later are closed the same way by
    /// [`secure_schema`](Self::secure_schema). Rights are for `tables` to grant, on the tables and on the schema
    /// (`Tables::granted_to` does): there are no default privileges, since a table that came later would be open
    /// before it is closed. Views, materialized views and foreign tables have no row-level security: of those that show
    /// rows to whom they should not, the doctor knows.
    ///
    /// That `owner` leads to the tenant's database, and not to a copy of it, is proven first: the program's connection
    /// takes an advisory lock that `owner` has to find taken.
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
    /// Those of [`create_schema`](Self::create_schema); [`Error::OtherDatabase`] if `owner` leads to another database;
    /// under row-level security [`Error::UnsafeRole`] if the program's role is a member of the owner's, or if `tables`
    /// gave it a table, or made a policy of its own that lets rows through to it.
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
    pub fn drop_schema(&self) -> BoxFuture<'_, Result<()>>
    where
        T::Isolation: MayOwnTables,
    {
        Box::pin(self.remove(self.db()))
    }

    /// As [`drop_schema`](Self::drop_schema), as the role that `owner` connects as, to the same database.
    ///
    /// # Errors
    ///
    /// Those of [`drop_schema`](Self::drop_schema); [`Error::OtherDatabase`] if `owner` leads to another database than the
    /// tenant's, be it a copy.
    pub async fn drop_schema_as(&self, owner: &Db<Postgres>) -> Result<()> {
        self.remove(owner).await
    }

    async fn create<I>(&self, owner: &Db<Postgres, I>, tables: SqlStr) -> Result<()> {
        let schema = self.schema().await?;
        let made = async |transaction: &mut PgConnection, program: &Program| {
            let secured = InSchema::of(self, &schema, program);
            if let Some(secured) = &secured {
                secured.begin(transaction).await?;
            }
            let create = sqlx::raw_sql(trusted::create_schema(&schema));
            transaction.execute(create).await?;
            let tables = sqlx::raw_sql(trusted::inside(&tables));
            let made = transaction.execute(tables).await;
            made.map_err(|error| owner.shared().pool.report(error).of_tables())?;
            // After everything that makes tables.
            if let Some(secured) = &secured {
                secured.close(transaction).await?;
            }
            Ok(())
        };
        self.as_owner(owner, made).await
    }

    async fn remove<I>(&self, owner: &Db<Postgres, I>) -> Result<()> {
        let schema = self.schema().await?;
        let removed = async |transaction: &mut PgConnection, _: &Program| {
            // Nothing new comes to depend on a table that is locked.
            let lock = sqlx::raw_sql(trusted::lock_schema(&schema));
            transaction.execute(lock).await?;
            let dependents = sqlx::raw_sql(trusted::dependents(&schema));
            let dependents = transaction.fetch_all(dependents).await?;
            if !dependents.is_empty() {
                let objects = dependents.iter().map(|row| row.try_get(0));
                let objects = objects.collect::<Result<_, _>>()?;
                return Err(Error::SchemaInUse(Dependents::new(objects)).into());
            }
            transaction
                .execute(sqlx::raw_sql(trusted::drop_schema(&schema)))
                .await?;
            Ok(())
        };
        self.as_owner(owner, removed).await
    }

    /// Runs all of it or nothing in a transaction of `owner`'s on the tenant's database, which waits for no lock longer
    /// than a pool does for a connection.
    pub(crate) async fn as_owner<I>(
        &self,
        owner: &Db<Postgres, I>,
        work: impl AsyncFnOnce(&mut PgConnection, &Program) -> Result<(), Failed>,
    ) -> Result<()> {
        let pool = &owner.shared().pool;
        let done = async {
            let mut connection = owner.acquire().await?;
            let mut transaction = connection.begin().await?;
            let program = owner::proven(self.db(), owner, &mut transaction).await?;
            let patience = sqlx::raw_sql(trusted::patience(pool.patience()));
            transaction.execute(patience).await?;
            work(&mut transaction, &program).await?;
            Ok(transaction.commit().await?)
        };
        done.await.map_err(|failed| match failed {
            Failed::Refused(error) => error,
            Failed::Database(error) if is_absent(&error) => Error::NotFound,
            Failed::Database(error) => pool.report(error),
        })
    }
}

/// Why nothing was done.
pub(crate) enum Failed {
    Database(sqlx::Error),
    Refused(Error),
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// Whether there is no schema of the name: `invalid_schema_name` (PostgreSQL, appendix A).
fn is_absent(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.as_deref() == Some("3F000")
}
