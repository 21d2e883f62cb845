//! Row-level security of PostgreSQL, as a second wall: `#[tenancy(rls)]` at the root.

#[cfg(feature = "postgres")]
pub(crate) mod probe;
#[cfg(feature = "postgres")]
pub(crate) mod signing;

use std::fmt;

#[cfg(feature = "postgres")]
use std::sync::Arc;

#[cfg(feature = "postgres")]
pub(crate) use crate::db::rls::signing::SigningKey;

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

impl fmt::Debug for RowSecurity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RowSecurity")
    }
}
