//! Row-level security in the schema of a tenant.
//!
//! Whose a row is, its table says there: so the policy compares the tenant of the transaction with the tenant whose
//! schema it is, as a constant. Nothing is asked of rows. PostgreSQL evaluates a policy for each row all the same, if
//! it names no column; so the comparison is a sub-query, which runs once for a statement.

use sqlx::{Connection as _, Executor as _, PgConnection, Postgres};

use super::{RowSecurity, SIGNED, Told, UNSIGNED, UnsafeRole};
use crate::check::{HasRls, HasSchemas};
use crate::db::Db;
use crate::model::TenantRoot;
use crate::schema::{SchemaName, absent};
use crate::sql::vouch;
use crate::tenant::VerifiedTenant;
use crate::{Error, Result};

/// What has to be done about row-level security when the schema of a tenant is made.
pub(crate) struct InSchema<'a> {
    rls: &'a RowSecurity,
    schema: &'a SchemaName,
    tenant: String,
    /// The role of the program.
    program: &'a str,
}

impl<'a> InSchema<'a> {
    /// Nothing, if the tenant's database is told nothing.
    pub(crate) fn of<T: TenantRoot<Database = Postgres>>(
        tenant: &'a VerifiedTenant<T>,
        schema: &'a SchemaName,
    ) -> Option<Self> {
        let rls = tenant.db().shared().rls.as_ref()?;
        Some(Self {
            rls,
            schema,
            tenant: tenant.id().to_string(),
            program: tenant.db().connect_options().get_username(),
        })
    }

    /// Begins a transaction of the role that will own the tables: it is one of the tenant, and the program's role
    /// has no part in it.
    pub(crate) async fn begin(&self, owner: &mut PgConnection) -> Result<()> {
        let member = "SELECT pg_catalog.pg_has_role(rolname, current_user, 'MEMBER')
            FROM pg_catalog.pg_roles WHERE rolname = $1";
        let member = sqlx::query_scalar(member)
            .bind(self.program)
            .persistent(false)
            .fetch_optional(&mut *owner)
            .await?;
        if member == Some(true) {
            let why = format!(
                "it would own the tables: {} is the role that creates the schema, or a member of it",
                self.program
            );
            return Err(Error::UnsafeRole(UnsafeRole { why }));
        }
        let (Told::Openly(value) | Told::InSecret(value)) = self.rls.value(self.tenant.clone());
        sqlx::query("SELECT pg_catalog.set_config('tenancy.tenant', $1, true)")
            .bind(value)
            .persistent(false)
            .execute(owner)
            .await?;
        Ok(())
    }

    /// Lets the tenant alone into every table of the schema.
    pub(crate) async fn close(&self, owner: &mut PgConnection) -> Result<()> {
        let told = match self.rls {
            RowSecurity::Setting => UNSIGNED,
            RowSecurity::Signed(_) => SIGNED,
        };
        let close = vouch::close_schema(self.schema, &self.tenant, told);
        owner.execute(sqlx::raw_sql(close)).await.map_err(absent)?;
        Ok(())
    }
}

impl<T: TenantRoot<Database = Postgres, Schemas: HasSchemas>> VerifiedTenant<T> {
    /// Puts the tenant's policy on every table that is in its schema: after a migration that made tables there, or
    /// where the schema was made by other means.
    ///
    /// `owner` connects to the same database as the role that owns the tables. It is one transaction, which locks
    /// all tables of the schema.
    ///
    /// Where there is no row-level security, it does not compile:
    ///
    /// ```compile_fail,E0277
    /// # use tenancy::{Db, TenantRoot, VerifiedTenant};
    /// #[derive(Debug, TenantRoot)]
    /// #[tenancy(database = sqlx::Postgres, schemas)]
    /// struct Organization { id: uuid::Uuid, name: String }
    /// # async fn f(acme: VerifiedTenant<Organization>, owner: Db<sqlx::Postgres>) -> tenancy::Result<()> {
    /// acme.secure_schema(&owner).await?; // `#[tenancy(database = sqlx::Postgres, rls, schemas)]` has it
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such schema; [`Error::NoSchema`]; [`Error::UnsafeRole`] if the program's
    /// role is a member of the owner's; what the database says, if the role does not own all tables in it.
    pub async fn secure_schema(&self, owner: &Db<Postgres>) -> Result<()>
    where
        T::Isolation: HasRls,
    {
        let schema = self.schema().await?;
        let mut connection = owner.acquire().await?;
        let mut transaction = connection.begin().await?;
        if let Some(secured) = InSchema::of(self, &schema) {
            secured.begin(&mut transaction).await?;
            secured.close(&mut transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}
