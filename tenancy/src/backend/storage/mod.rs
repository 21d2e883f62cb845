//! Databases of tenants as such: making, finding and removing a file, or a database of a server.

#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
