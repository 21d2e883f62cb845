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

#[cfg(feature = "postgres")]
mod storage;

use std::fmt;

#[cfg(feature = "postgres")]
pub(crate) use storage::absent;

use crate::model::{TenantIdOf, TenantRoot};
use crate::{Error, Result};

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
            Some(why) => Err(Error::NoSchema(InvalidSchema { name, why })),
        }
    }

    /// The name of a tenant's schema.
    pub(crate) fn of<R: TenantRoot>(tenant: &TenantIdOf<R>) -> Result<Self> {
        Self::new(R::schema(tenant))
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
