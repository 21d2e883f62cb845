//! The schemas of tenants: `#[tenancy(strategy = schema)]`, on PostgreSQL.
//!
//! A table in the schema of a tenant is reached through a token of the tenant, like any other of its rows, and
//! not on the database:
//!
//! ```compile_fail,E0277
//! # use tenancy::{Db, TenantRoot, TenantScoped};
//! # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Postgres)]
//! # struct Organization { id: i64, name: String }
//! # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization, strategy = schema)]
//! # struct Invoice { id: uuid::Uuid, number: i64 }
//! # async fn f(db: Db<sqlx::Postgres>) -> tenancy::Result<()> {
//! let invoices = Invoice::query().fetch_all(&db).await?;
//! # Ok(())
//! # }
//! ```

use std::fmt;

use crate::model::{TenantIdOf, TenantRoot};
use crate::{Error, Reported, Result};

/// The longest name of a schema, in bytes: PostgreSQL cuts off what is longer.
const LONGEST: usize = 63;

/// The name of a tenant's schema: one to 63 lower-case letters, digits and underscores of ASCII that do not
/// begin with a digit, and none of PostgreSQL's own.
///
/// So two names are the same only if they are spelled the same: none that differ in case, in their Unicode
/// normalisation, or after their 63rd byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SchemaName(String);

impl SchemaName {
    /// Checks a name.
    ///
    /// ```
    /// use tenancy::schema::SchemaName;
    ///
    /// assert_eq!(SchemaName::new("tenant_7")?.as_str(), "tenant_7");
    /// assert!(SchemaName::new("Acme").is_err());
    /// assert!(SchemaName::new("pg_catalog").is_err());
    /// # Ok::<_, tenancy::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NoSchema`] if it cannot be the name of a tenant's schema.
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        match refused(&name) {
            None => Ok(Self(name)),
            Some(why) => Err(Error::NoSchema(NoSchema::Unfit(InvalidSchema {
                name,
                why,
            }))),
        }
    }

    /// The name of a tenant's schema.
    pub(crate) fn of<R: TenantRoot>(tenant: &TenantIdOf<R>) -> Result<Self> {
        Self::new(R::schema(tenant))
    }

    /// Whether an error says that there is no such schema, or no such table in it.
    ///
    /// PostgreSQL says the same of both, and of a table elsewhere, but for the name.
    pub(crate) fn is_absent(&self, error: &sqlx::Error) -> bool {
        let Some(error) = error.as_database_error() else {
            return false;
        };
        // `undefined_table` and `invalid_schema_name` (PostgreSQL, appendix A).
        let code = error.code();
        if !matches!(code.as_deref(), Some("42P01" | "3F000")) {
            return false;
        }
        let part = |character: char| character.is_alphanumeric() || character == '_';
        let mut words = error.message().split(|character| !part(character));
        words.any(|word| word == self.0)
    }

    /// The name, without quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why it cannot be the name of a schema.
fn refused(name: &str) -> Option<&'static str> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() {
        Some("it is empty")
    } else if name.len() > LONGEST {
        Some("it is longer than 63 bytes")
    } else if !name.bytes().all(plain) {
        Some("it has other characters than a to z, 0 to 9 and _")
    } else if name.as_bytes()[0].is_ascii_digit() {
        Some("it begins with a digit")
    } else if name.starts_with("pg_") || matches!(name, "information_schema" | "public") {
        Some("it is one of PostgreSQL's own, or the one that all share")
    } else {
        None
    }
}

impl fmt::Display for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a tenant has no schema. It is for the operator, and belongs into no answer to a client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoSchema {
    /// The tenant's id makes no name of a schema.
    #[error(transparent)]
    Unfit(InvalidSchema),
    /// There is no schema of that name, or a table is missing in it: it was not created yet, not migrated, or
    /// removed.
    #[error("the schema of the tenant is not there, or a table in it")]
    Absent(#[source] Reported),
}

/// A name that no schema of a tenant can have. It is for the operator, and belongs into no answer to a
/// client.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{name}` cannot be the schema of a tenant: {why}; `#[tenancy(schema = …)]` at the root makes names"
)]
pub struct InvalidSchema {
    name: String,
    why: &'static str,
}

#[cfg(feature = "postgres")]
mod storage {
    use sqlx::error::DatabaseError;
    use sqlx::{Connection as _, Executor as _, Postgres, SqlSafeStr};

    use super::SchemaName;
    use crate::model::TenantRoot;
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

        /// Creates the tenant's schema and the tables in it, or nothing at all.
        ///
        /// `tables` is SQL (a literal, or what the caller vouches for with `sqlx::AssertSqlSafe`) that runs in the
        /// schema: a name without another schema is one in it. What is shared
        /// is named with its schema (`public.users`). `tenancy::ddl` makes such a text
        /// of the models. The connection's role must be allowed to create schemas.
        ///
        /// # Errors
        ///
        /// [`Error::Conflict`] if there is such a schema already, be it another tenant's whose name is the same;
        /// [`Error::NoSchema`]; whatever the database says to `tables`.
        pub async fn create_schema(&self, tables: impl SqlSafeStr) -> Result<()> {
            let create = vouch::create_schema(&self.schema()?);
            let mut connection = self.db().acquire().await?;
            let mut transaction = connection.begin().await?;
            transaction.execute(sqlx::raw_sql(create)).await?;
            transaction.execute(sqlx::raw_sql(tables)).await?;
            Ok(transaction.commit().await?)
        }

        /// Removes the tenant's schema with everything in it, for good.
        ///
        /// # Errors
        ///
        /// [`Error::NotFound`] if there is no such schema; [`Error::NoSchema`].
        pub async fn drop_schema(&self) -> Result<()> {
            let drop = vouch::drop_schema(&self.schema()?);
            let mut connection = self.db().acquire().await?;
            connection
                .execute(sqlx::raw_sql(drop))
                .await
                .map_err(absent)?;
            Ok(())
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
}
