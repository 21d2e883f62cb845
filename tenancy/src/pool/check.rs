//! What is asked of a new connection before it is used.

use std::error::Error as StdError;
use std::future::poll_fn;

use sqlx::error::DatabaseError;
use sqlx::{Either, SqlStr};

use super::lingering::CAN_LINGER;
use crate::Error;
use crate::backend::Backend;
use crate::databases::{NoDatabase, TenantName};
use crate::error::{Details, Reported, is_unreachable};
use crate::rls::UnsafeRole;

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

/// Why a connection is not used, on its way through the driver's error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Role(UnsafeRole),
    #[error(transparent)]
    Tenant(NoDatabase),
}

impl Refused {
    /// What an error of the driver has inside, if it is of this kind.
    pub(crate) fn found(
        error: Box<dyn StdError + Send + Sync>,
    ) -> Result<Error, Box<dyn StdError + Send + Sync>> {
        Ok(match *error.downcast::<Self>()? {
            Self::Role(role) => Error::UnsafeRole(role),
            Self::Tenant(database) => Error::NoDatabase(database),
        })
    }
}

impl From<Refused> for sqlx::Error {
    fn from(refused: Refused) -> Self {
        Self::Configuration(Box::new(refused))
    }
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
