//! Row-level security of PostgreSQL, as a second wall: `#[tenancy(rls)]` at the root.
//!
//! The statements of this crate name the tenant anyway. With row-level security the database refuses the rows
//! of other tenants to any statement, also to one that was written by hand. The tenant is
//! a setting that lasts as long as the transaction (`tenancy.tenant`), set in the same round trip as `BEGIN`;
//! policies of the tables compare it with the row's:
//!
//! ```sql
//! ALTER TABLE users ENABLE ROW LEVEL SECURITY;
//! ALTER TABLE users FORCE ROW LEVEL SECURITY;
//! CREATE POLICY tenancy_isolation ON users
//!     USING (tenant_id = nullif(current_setting('tenancy.tenant', true), '')::uuid)
//!     WITH CHECK (tenant_id = nullif(current_setting('tenancy.tenant', true), '')::uuid);
//! ```
//!
//! Because the statement names the tenant, too, the planner compares the two once for each statement, and
//! not for each row (PostgreSQL calls it a one-time filter). Without a tenant there are no rows.
//!
//! The transaction of a read outlives it by some milliseconds, unless the connection's next statement ends it before:
//! that saves a round trip. Nothing but the pool has the connection until then, and whoever gets it for anything
//! else than a tenant's transaction gets it after the end. A program that is held up (its runtime is blocked, it is stopped,
//! its network is gone) ends nothing: then the server does, after ten seconds in which nothing happened
//! (`idle_in_transaction_session_timeout`, for these transactions alone). What a read does beside reading, by way of a
//! function of the database, lasts from that end on; if it comes to nothing then, the read has succeeded already, and
//! only the log says so (with [`always_clean`](crate::PoolOptions::always_clean) reads end at once). Where the database's default is serializable, a read ends
//! at once, since its end may say that it does not hold.
//!
//! The table of the root has such a policy, too, on its key: a tenant sees its own row. So its key has to be
//! known before the row is there: a root with `rls` has a key that is random or given, not one that
//! the database makes.
//!
//! Tenants of such a root are not verified on a [`Db`](crate::Db) that tells the database nothing:
//!
//! ```compile_fail,E0308
//! # use tenancy::{Db, Root as _, TenantRoot};
//! #[derive(Debug, TenantRoot)]
//! #[tenancy(database = sqlx::Postgres, rls)]
//! struct Organization { id: uuid::Uuid, name: String }
//! # async fn f(db: Db<sqlx::Postgres>, id: uuid::Uuid) -> tenancy::Result<()> {
//! Organization::verify(&db, id).await?; // `db.with_rls().await?` is one that does
//! # Ok(())
//! # }
//! ```
//!
//! # In the schema of a tenant
//!
//! Whose a row is, the schema says there, and a table may have no column for it. So the policy compares the tenant of
//! the transaction with the one whose schema it is, in a sub-query, which runs once for a statement:
//!
//! ```sql
//! CREATE POLICY tenancy_isolation ON tenant_7.invoices
//!     USING ((SELECT nullif(current_setting('tenancy.tenant', true), '') = '7'))
//!     WITH CHECK ((SELECT nullif(current_setting('tenancy.tenant', true), '') = '7'));
//! ```
//!
//! [`create_schema_as`](crate::VerifiedTenant::create_schema_as) ends with such a policy on every table, and
//! [`secure_schema`](crate::VerifiedTenant::secure_schema) adds what is missing later. A tenant's column, where there
//! is one, is a restrictive policy besides, `tenancy_column`: a row that named another tenant could refer to that one's.
//!
//! # Signed
//!
//! SQL that is injected through other code of the program can set the setting to another tenant. With
//! [`Db::with_signed_rls`](crate::Db::with_signed_rls) it cannot: the setting bears a signature (HMAC with
//! SHA-256: RFC 2104, FIPS 180-4), which the policies verify through a function, `tenancy.tenant()`, that alone
//! reads the key. [`SigningKey::setup`] is the SQL that creates it; run it once, as a role that is not the
//! program's.
//!
//! A signature does not expire: whoever sees one can use it. So it is a parameter of a statement, never its text,
//! which other sessions of the role can see (`pg_stat_activity`, `pg_stat_statements`): let the server not log
//! parameters where others read its log (`log_parameter_max_length`). A role that could get around signatures is
//! refused; one that may create objects in a schema of its `search_path` (`GRANT CREATE`, or a role that may create
//! schemas: `"$user"` comes first) is not, but SQL that runs as it could put a table before the tenants'.
//! A key is for one database and one root: two of them do not tell equal ids apart.
//!
//! ```
//! use tenancy::rls::SigningKey;
//!
//! let key = SigningKey::new([7; 32]); // from the secrets of the program
//! assert!(key.setup().contains("FUNCTION tenancy.tenant() RETURNS text"));
//! ```

#[cfg(feature = "postgres")]
mod probe;
#[cfg(feature = "postgres")]
mod role;
#[cfg(feature = "postgres")]
mod schemas;
#[cfg(feature = "postgres")]
mod signing;

use std::fmt;
#[cfg(feature = "postgres")]
use std::sync::Arc;

#[cfg(feature = "postgres")]
pub(crate) use probe::verified;
#[cfg(feature = "postgres")]
pub(crate) use role::bypass;
#[cfg(feature = "postgres")]
pub(crate) use schemas::InSchema;
#[cfg(feature = "postgres")]
pub use signing::SigningKey;
#[cfg(all(feature = "postgres", feature = "doctor"))]
pub(crate) use signing::{CREATE_FUNCTION, FUNCTION_BODY};

/// The name of the policy that compares the tenant.
#[cfg(feature = "postgres")]
pub(crate) const POLICY: &str = "tenancy_isolation";

/// The name of the one that demands the tenant's column besides, in the schema of a tenant.
#[cfg(all(feature = "postgres", feature = "ddl"))]
pub(crate) const COLUMN_POLICY: &str = "tenancy_column";

/// The tenant of the transaction in a policy, or NULL, which is nobody's: not set at all, or set in a transaction
/// before.
#[cfg(feature = "postgres")]
pub(crate) const UNSIGNED: &str = "nullif(current_setting('tenancy.tenant', true), '')";

/// The same, if it is signed.
#[cfg(feature = "postgres")]
pub(crate) const SIGNED: &str = "tenancy.tenant()";

/// The same where each new row is asked, so that a signature is verified once for all of them.
#[cfg(all(feature = "postgres", feature = "ddl"))]
pub(crate) const SIGNED_ONCE: &str = "(SELECT tenancy.tenant())";

/// How the database is told the tenant of a statement.
#[derive(Clone)]
pub(crate) enum RowSecurity {
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    Setting,
    #[cfg(feature = "postgres")]
    Signed(Arc<SigningKey>),
}

impl RowSecurity {
    /// The value of the setting `tenancy.tenant`.
    pub(crate) fn value(&self, tenant: String) -> Told {
        match self {
            Self::Setting => Told::Openly(tenant),
            #[cfg(feature = "postgres")]
            Self::Signed(key) => Told::InSecret(key.signed(&tenant)),
        }
    }
}

/// What the database is told, and how.
pub(crate) enum Told {
    /// In the text of a statement, which other sessions of the role can see (`pg_stat_activity`).
    Openly(String),
    /// As a parameter, which nobody sees: whoever has a signature can use it.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    InSecret(String),
}

/// Why a role cannot be trusted with row-level security.
#[derive(Debug, thiserror::Error)]
#[error("row-level security does not hold for the role of the connection: {why}")]
pub struct UnsafeRole {
    pub(crate) why: String,
}

impl fmt::Debug for RowSecurity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RowSecurity")
    }
}
