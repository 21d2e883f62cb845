//! Why a tenant is not there: its schema or its database.

use crate::error::reported::Reported;
use sqlx::error::BoxDynError;

/// Why a tenant has no database. It is for the operator, and belongs into no answer to a client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoDatabase {
    /// The program's lookup failed.
    #[error("the database of the tenant could not be looked up")]
    Lookup(#[source] BoxDynError),
    /// The row of the tenant has no mark that its database could carry, too.
    #[error(
        "the row of the tenant has no mark that its database could carry, too: `tenancy::ddl` and `tenancy::doctor` \
         write the column"
    )]
    Unmarked,
    /// The database is not the tenant's: its table `tenancy_tenant` is missing, or has another mark than the
    /// tenant's row.
    #[error(
        "the database does not say that it is the tenant's: its table `tenancy_tenant` is missing, or has \
         another mark than the tenant's row; `VerifiedTenant::create_database` makes it"
    )]
    NotTheTenants,
    /// There is none where the lookup says, or it cannot be opened.
    #[error("the database of the tenant is not there")]
    Absent(#[source] Reported),
    /// Its server is down, the connection broke, or the login was refused.
    #[error("the database of the tenant cannot be reached")]
    Unreachable(#[source] Reported),
    /// It is being created or removed at this moment.
    #[error("the database of the tenant is being created or removed")]
    Changing,
    /// The name cannot be the name of a tenant's database.
    #[error("the database cannot be a tenant's: {0}")]
    Unfit(&'static str),
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
    /// The role that the program connects as may not use the schema: it was not granted to it, or is not any more.
    #[error("the role of the connection may not use the schema of the tenant")]
    Closed(#[source] Reported),
}

/// A name that no schema of a tenant can have. It is for the operator, and belongs into no answer to a
/// client.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{name}` cannot be the schema of a tenant: {why}; `#[tenancy(schemas = …)]` at the root makes names"
)]
pub struct InvalidSchema {
    name: String,
    why: &'static str,
}

impl InvalidSchema {
    pub(crate) const fn new(name: String, why: &'static str) -> Self {
        Self { name, why }
    }
}
