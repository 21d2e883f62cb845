//! The database of a tenant: there, and the tenant's.

use crate::doctor::Findings;
use crate::doctor::report::Report;
use crate::error::unavailable::NoDatabase;
use crate::error::{Error, Result};
use crate::model::contract::TenantRoot;
use uuid::Uuid;

/// What is wrong with a database that could not be reached; an error if it is not the database.
pub(super) fn finding<R: TenantRoot>(
    tenant: &str,
    mark: Option<Uuid>,
    why: NoDatabase,
) -> Result<Report> {
    let mut found = Findings::default();
    match (why, mark) {
        (NoDatabase::Unmarked, _) | (NoDatabase::NotTheTenants, None) => found.error(
            "unmarked-tenant",
            R::TABLE,
            format!(
                "the row of the tenant {tenant} has no mark in `{}`, so no database is the tenant's",
                R::MARK
            ),
            format!("-- What else is wrong with `{}`, the report on the shared database says.\n", R::TABLE),
        ),
        (NoDatabase::Absent(_), _) => found.error(
            "missing-database",
            "tenancy_tenant",
            format!("the database of the tenant {tenant} is not where the lookup says"),
            "-- `VerifiedTenant::create_database` creates one.\n".to_owned(),
        ),
        (NoDatabase::NotTheTenants, Some(mark)) => found.error(
            "foreign-database",
            "tenancy_tenant",
            format!(
                "the database that the lookup names does not have the mark of the tenant {tenant}: it is somebody \
                 else's, or not complete"
            ),
            format!(
                "-- If it is the tenant's all the same, and complete: there.\n\
                 DROP TABLE IF EXISTS tenancy_tenant;\n\
                 CREATE TABLE tenancy_tenant\n    \
                 (root text NOT NULL, tenant text NOT NULL, mark text NOT NULL, complete boolean);\n\
                 INSERT INTO tenancy_tenant VALUES ('{}', '{}', '{mark}', TRUE);\n",
                R::TABLE.replace('\'', "''"),
                tenant.replace('\'', "''"),
            ),
        ),
        (why, _) => return Err(Error::NoDatabase(why)),
    }
    Ok(Report::new(found.findings, found.not_tried, 0))
}
