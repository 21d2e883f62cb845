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
    /// Whether the database is this tenant's.
    Tenant(TenantName),
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
        let Self::Tenant(_) = self else {
            return error;
        };
        let absent = DB::is_absent(&error);
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
            Self::Tenant(name) => match belongs_to::<DB>(connection, name).await? {
                true => Ok(()),
                false => Err(Refused::Tenant(NoDatabase::NotTheTenants).into()),
            },
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

/// Whether a database says that it is a tenant's.
async fn belongs_to<DB: Backend>(
    connection: &mut DB::Connection,
    name: &TenantName,
) -> Result<bool, sqlx::Error> {
    let sql = SqlStr::from_static("SELECT root, tenant, mark FROM tenancy_tenant");
    let mut steps = DB::fetch_raw(connection, sql);
    let mut found = Vec::new();
    while let Some(step) = poll_fn(|task| steps.as_mut().poll_next(task)).await {
        match step {
            Ok(Either::Right(row)) => {
                let [root, tenant, mark] = [0, 1, 2].map(|index| DB::get_string(&row, index));
                found.push((root?, tenant?, mark?));
            }
            Ok(Either::Left(_)) => {}
            Err(error) if says_no(&error) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(match &found[..] {
        [(root, tenant, mark)] => {
            root == name.root && *tenant == name.tenant && *mark == name.mark.to_string()
        }
        _ => false,
    })
}

/// Whether an error says that there is no such table, or that it is none of ours: not that the database is busy,
/// or goes down.
fn says_no(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    match code.as_deref() {
        // `SQLITE_ERROR` and `SQLITE_NOTADB` (sqlite.org/rescode.html).
        Some("1" | "26") => true,
        // Undefined names and missing privileges (PostgreSQL, appendix A).
        Some(code) => code.len() == 5 && code.starts_with("42"),
        None => false,
    }
}
