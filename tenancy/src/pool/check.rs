//! What is asked of a new connection before it is used.

use crate::backend::Backend;
use crate::error::Result;
use crate::error::meaning::is_unreachable;
use crate::error::refused::Refused;
use crate::error::reported::{Details, Reported};
use crate::error::role::UnsafeRole;
use crate::error::unavailable::NoDatabase;
use crate::pool::lingering::CAN_LINGER;
use sqlx::error::DatabaseError;
use sqlx::{Either, SqlStr};
use std::future::poll_fn;
use uuid::Uuid;

/// What is asked of a new connection.
#[derive(Debug)]
pub(crate) enum Check {
    Nothing,
    /// Whether row-level security holds for its role; with `signed`, also to whatever SQL.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    Role {
        signed: bool,
    },
    /// Whether the database is this tenant's, and complete.
    Tenant(TenantName),
    /// Whether it is this tenant's, though it may not be complete.
    Claim(TenantName),
}

impl Check {
    /// What an error while connecting means.
    pub(super) fn unreached<DB: Backend>(
        &self,
        error: sqlx::Error,
        details: Details,
    ) -> sqlx::Error {
        let (Self::Tenant(_) | Self::Claim(_)) = self else {
            return error;
        };
        let absent = DB::is_absent(&error);
        // It is something else than a database, or not for this role.
        if !absent && says_no(&error) {
            return Refused::Tenant(NoDatabase::NotTheTenants).into();
        }
        if !absent && !is_unreachable(&error) {
            return error;
        }
        let source = Reported::new(error, details);
        Refused::Tenant(match absent {
            true => NoDatabase::Absent(source),
            false => NoDatabase::Unreachable(source),
        })
        .into()
    }

    pub(super) async fn ask<DB: Backend>(
        &self,
        connection: &mut DB::Connection,
    ) -> Result<(), sqlx::Error> {
        match self {
            Self::Nothing => Ok(()),
            Self::Role { signed } => match DB::bypass(connection, *signed).await? {
                None => Ok(()),
                Some(why) => Err(Refused::Role(UnsafeRole { why }).into()),
            },
            Self::Tenant(name) => belongs_to::<DB>(connection, name, COMPLETE).await,
            Self::Claim(name) => belongs_to::<DB>(connection, name, CLAIMED).await,
        }
    }
}

impl Check {
    /// Whether transactions of reads may be left open for a moment on a connection.
    pub(super) async fn lets_linger<DB: Backend>(
        &self,
        connection: &mut DB::Connection,
    ) -> Result<bool, sqlx::Error> {
        // Elsewhere reads have none.
        if !matches!(self, Self::Role { .. }) {
            return Ok(false);
        }
        let mut steps = DB::fetch_raw(connection, CAN_LINGER);
        let mut answer = false;
        while let Some(step) = poll_fn(|task| steps.as_mut().poll_next(task)).await {
            if let Either::Right(row) = step? {
                answer = DB::get_bool(&row, 0)?;
            }
        }
        Ok(answer)
    }
}

/// What a database says of whose it is.
const CLAIMED: &str = "SELECT root, tenant, mark FROM tenancy_tenant";

/// The same, if it is complete.
const COMPLETE: &str = "SELECT root, tenant, mark FROM tenancy_tenant WHERE complete";

/// That a database says that it is a tenant's.
async fn belongs_to<DB: Backend>(
    connection: &mut DB::Connection,
    name: &TenantName,
    sql: &'static str,
) -> Result<(), sqlx::Error> {
    let sql = SqlStr::from_static(sql);
    let mut steps = DB::fetch_raw(connection, sql);
    let mut found = Vec::new();
    while let Some(step) = poll_fn(|task| steps.as_mut().poll_next(task)).await {
        match step {
            Ok(Either::Right(row)) => {
                let [root, tenant, mark] = [0, 1, 2].map(|index| DB::get_string(&row, index));
                found.push((root?, tenant?, mark?));
            }
            Ok(Either::Left(_)) => {}
            Err(error) => return Err(not_the_tenants(error)),
        }
    }
    match &found[..] {
        [(root, tenant, mark)]
            if root == name.root && *tenant == name.tenant && *mark == name.mark.to_string() =>
        {
            Ok(())
        }
        _ => Err(Refused::Tenant(NoDatabase::NotTheTenants).into()),
    }
}

/// What an error of the question whose a database is means.
pub(crate) fn not_the_tenants(error: sqlx::Error) -> sqlx::Error {
    match says_no(&error) {
        true => Refused::Tenant(NoDatabase::NotTheTenants).into(),
        false => error,
    }
}

/// Whether an error says that there is no such table, or that it is none of ours: not that the database is busy,
/// or goes down.
pub(crate) fn says_no(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    match code.as_deref() {
        // `SQLITE_ERROR` and `SQLITE_NOTADB` (sqlite.org/rescode.html).
        Some("1" | "26") => true,
        // How `begin_at` says it: a division by zero. Undefined names and missing privileges (PostgreSQL, appendix A).
        Some("22012") => true,
        Some(code) => code.len() == 5 && code.starts_with("42"),
        None => false,
    }
}

/// What a database says of the tenant it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TenantName {
    /// The table of the root.
    pub(crate) root: &'static str,
    pub(crate) tenant: String,
    /// The mark of the tenant's row.
    pub(crate) mark: Uuid,
}
