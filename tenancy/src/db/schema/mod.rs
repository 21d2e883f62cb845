//! The schemas of tenants: `#[tenancy(strategy = schema)]`, on PostgreSQL.

#[cfg(feature = "postgres")]
pub(crate) mod owner;
