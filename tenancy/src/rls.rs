//! Row-level security of PostgreSQL, as a second wall: `#[tenancy(rls)]` at the root.
//!
//! The statements of this crate name the tenant anyway. With row-level security the database refuses the rows
//! of other tenants to any statement, also to one that was written by hand or injected elsewhere. The tenant is
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
//! The table of the root has such a policy, too, on its key: a tenant sees its own row. So its key has to be
//! known before the row is there: a root with `rls` has a key that is random or given, not one that
//! the database makes.
//!
//! # Signed
//!
//! SQL that is injected through other code of the program can set the setting to another tenant. With
//! [`Db::with_signed_rls`](crate::Db::with_signed_rls) it cannot: the setting bears a signature (HMAC with
//! SHA-256: RFC 2104, FIPS 180-4), which the policies verify through a function, `tenancy.tenant()`, that alone
//! reads the key. [`SigningKey::setup`] is the SQL that creates it; run it once, as a role that is not the
//! program's.
//!
//! ```
//! use tenancy::rls::SigningKey;
//!
//! let key = SigningKey::new([7; 32]); // from the secrets of the program
//! assert!(key.setup().contains("FUNCTION tenancy.tenant() RETURNS text"));
//! ```

#[cfg(feature = "postgres")]
mod role;

#[cfg(feature = "postgres")]
pub(crate) use role::bypass;

#[cfg(feature = "postgres")]
mod signing;

use std::fmt;
#[cfg(feature = "postgres")]
use std::sync::Arc;

#[cfg(feature = "postgres")]
pub use signing::SigningKey;
#[cfg(all(feature = "postgres", feature = "doctor"))]
pub(crate) use signing::{CREATE_FUNCTION, FUNCTION_BODY};

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
    pub(crate) fn value(&self, tenant: &str) -> String {
        match self {
            Self::Setting => tenant.to_owned(),
            #[cfg(feature = "postgres")]
            Self::Signed(key) => key.signed(tenant),
        }
    }
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
