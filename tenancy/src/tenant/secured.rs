//! Row-level security in the schema of a tenant.
//!
//! Whose a row is, its table says there: so the policy compares the tenant of the transaction with the tenant whose
//! schema it is, as a constant. Nothing is asked of rows. PostgreSQL evaluates a policy for each row all the same, if
//! it names no column; so the comparison is a sub-query, which runs once for a statement.

use crate::db::Db;
use crate::db::rls::{RowSecurity, Told};
use crate::db::schema::owner::Program;
use crate::error::role::UnsafeRole;
use crate::error::{Error, Result};
use crate::model::contract::TenantRoot;
use crate::model::obligations::{HasRls, HasSchemas};
use crate::sql::rls::{SIGNED, UNSIGNED};
use crate::sql::schema_name::SchemaName;
use crate::sql::trusted;
use crate::tenant::schema::Failed;
use crate::tenant::verified::VerifiedTenant;
use futures_core::future::BoxFuture;
use sqlx::Executor as _;
use sqlx::{PgConnection, Postgres};

/// What has to be done about row-level security when the schema of a tenant is made.
pub(crate) struct InSchema<'a> {
    rls: &'a RowSecurity,
    schema: &'a SchemaName,
    tenant: String,
    program: &'a Program,
}

impl<'a> InSchema<'a> {
    /// Nothing, if the tenant's database is told nothing.
    pub(crate) fn of<T: TenantRoot<Database = Postgres>>(
        tenant: &'a VerifiedTenant<T>,
        schema: &'a SchemaName,
        program: &'a Program,
    ) -> Option<Self> {
        let rls = tenant.db().shared().rls.as_ref()?;
        Some(Self {
            rls,
            schema,
            tenant: tenant.id().to_string(),
            program,
        })
    }

    /// Begins a transaction of the role that will own the tables: it is one of the tenant, and the program's role
    /// has no part in it.
    pub(crate) async fn begin(&self, owner: &mut PgConnection) -> Result<(), Failed> {
        let (Told::Openly(value) | Told::InSecret(value)) = self.rls.value(self.tenant.clone());
        sqlx::query("SELECT pg_catalog.set_config('tenancy.tenant', $1, true)")
            .bind(value)
            .persistent(false)
            .execute(&mut *owner)
            .await?;
        let member = sqlx::query_scalar::<_, String>(MEMBER)
            .bind(&self.program.session)
            .bind(&self.program.current)
            .persistent(false)
            .fetch_optional(owner)
            .await?;
        match member {
            Some(role) => Err(unsafe_role(format!(
                "it would own the tables: {role} is the role that creates the schema, or a member of it"
            ))),
            None => Ok(()),
        }
    }

    /// Lets the tenant alone into every table of the schema.
    pub(crate) async fn close(&self, owner: &mut PgConnection) -> Result<(), Failed> {
        let told = match self.rls {
            RowSecurity::Setting => UNSIGNED,
            RowSecurity::Signed(_) => SIGNED,
        };
        let close = trusted::close_schema(self.schema, &self.tenant, told);
        owner.execute(sqlx::raw_sql(close)).await?;
        let open = sqlx::query_scalar(OPEN)
            .bind(&self.program.session)
            .bind(&self.program.current)
            .bind(self.schema.as_str())
            .persistent(false)
            .fetch_optional(owner)
            .await?;
        match open {
            Some(why) => Err(unsafe_role(why)),
            None => Ok(()),
        }
    }
}

fn unsafe_role(why: String) -> Failed {
    Failed::Refused(Error::UnsafeRole(UnsafeRole { why }))
}

/// The role of the program that is a member of the one that acts now.
const MEMBER: &str = "
    SELECT rolname::text FROM pg_catalog.pg_roles
    WHERE rolname::text IN ($1, $2) AND pg_catalog.pg_has_role(oid, current_user, 'MEMBER') LIMIT 1";

/// Why a schema is open to the program though every table in it has the tenant's policy: whoever owns a table may
/// remove that, and another policy lets rows through, too.
const OPEN: &str = "
    WITH program AS (SELECT oid FROM pg_catalog.pg_roles WHERE rolname::text IN ($1, $2)),
    place AS (SELECT oid, nspowner FROM pg_catalog.pg_namespace WHERE nspname::text = $3)
    SELECT why FROM (
        SELECT 1 AS rank, pg_catalog.format('it would own the schema %I', $3) AS why FROM place, program
            WHERE pg_catalog.pg_has_role(program.oid, nspowner, 'MEMBER')
        UNION ALL
        SELECT 2, pg_catalog.format('it would own %I.%I', $3, relname)
            FROM pg_catalog.pg_class JOIN place ON place.oid = relnamespace, program
            WHERE pg_catalog.pg_has_role(program.oid, relowner, 'MEMBER')
        UNION ALL
        SELECT 3, pg_catalog.format('the policy %I of %I.%I lets rows through beside the tenant''s', polname, $3, relname)
            FROM pg_catalog.pg_policy JOIN pg_catalog.pg_class AS class ON class.oid = polrelid
                JOIN place ON place.oid = relnamespace
            WHERE polpermissive AND polname <> 'tenancy_isolation' AND (0 = ANY (polroles) OR EXISTS (
                SELECT FROM program, pg_catalog.unnest(polroles) AS role WHERE pg_catalog.pg_has_role(program.oid, role, 'MEMBER')))
    ) AS reasons ORDER BY rank, why LIMIT 1";

impl<T: TenantRoot<Database = Postgres, Schemas: HasSchemas>> VerifiedTenant<T> {
    /// Puts the tenant's policy on every table that is in its schema: after a migration that made tables there, or
    /// where the schema was made by other means.
    ///
    /// `owner` connects to the same database as the role that owns the tables. It is one transaction, which locks
    /// all tables of the schema, and waits for each lock no longer than the pool does for a connection.
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
    /// [`Error::NotFound`] if there is no such schema; [`Error::NoSchema`]; [`Error::OtherDatabase`] if `owner` leads to
    /// another database than the tenant's; [`Error::Busy`] if a lock was not granted in time; [`Error::UnsafeRole`] if
    /// the program's role is a member of the owner's or of that of a table, or if another policy lets rows through to it;
    /// what the database says, if the role does not own all tables in it.
    // Boxed, so that rustc speaks of the bound once, and not of every type that the future has.
    pub fn secure_schema<'a>(&'a self, owner: &'a Db<Postgres>) -> BoxFuture<'a, Result<()>>
    where
        T::Isolation: HasRls,
    {
        Box::pin(self.secure(owner))
    }

    async fn secure(&self, owner: &Db<Postgres>) -> Result<()> {
        let schema = self.schema().await?;
        let secured = async |transaction: &mut PgConnection, program: &Program| {
            if let Some(secured) = InSchema::of(self, &schema, program) {
                secured.begin(transaction).await?;
                secured.close(transaction).await?;
            }
            Ok(())
        };
        self.as_owner(owner, secured).await
    }
}
