//! Where an error of the database arose.
//!
//! A code alone does not tell: functions and triggers raise errors under every code (`RAISE … USING ERRCODE`), those
//! of a server that goes down and of a connection that is out of date among them.

use sqlx::error::DatabaseError;
#[cfg(feature = "postgres")]
#[cfg(feature = "postgres")]
use sqlx::postgres::{PgDatabaseError, PgSeverity};

/// Whether the session ends with an error, or never began. PostgreSQL reports that as `FATAL`, or `PANIC`, which no
/// function can.
pub(crate) fn ends_session(error: &dyn DatabaseError) -> bool {
    #[cfg(feature = "postgres")]
    if let Some(error) = postgres(error) {
        return matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic);
    }
    let _ = error;
    false
}

/// Whether an error may be about the session as a whole, going by its code, instead of one statement.
///
/// Poolers do not always report the end of a session as such, but name no place in the server's sources, as all that
/// is raised in the server does.
pub(crate) fn is_of_session(error: &dyn DatabaseError) -> bool {
    #[cfg(feature = "postgres")]
    if let Some(server) = postgres(error) {
        return ends_session(error) || server.routine().is_none();
    }
    let _ = error;
    true
}

/// Whether code of the program raised it: that of a procedural language.
pub(crate) fn is_raised(error: &dyn DatabaseError) -> bool {
    #[cfg(feature = "postgres")]
    if let Some(error) = postgres(error) {
        return raised(error);
    }
    let _ = error;
    false
}

/// Whether it arose in a function or a trigger, or in what one of them ran, instead of the statement itself.
pub(crate) fn is_inside(error: &dyn DatabaseError) -> bool {
    #[cfg(feature = "postgres")]
    if let Some(error) = postgres(error) {
        return error.r#where().is_some();
    }
    let _ = error;
    false
}

/// The same: the sources of procedural languages are called so (`pl_exec.c`, `plpy_elog.c`, `plperl.c`, `pltcl.c`,
/// `plv8.cc`).
#[cfg(feature = "postgres")]
pub(crate) fn raised(error: &PgDatabaseError) -> bool {
    let file = error.file().unwrap_or_default();
    let file = file.rsplit(['/', '\\']).next().unwrap_or_default();
    file.starts_with("pl") && !file.starts_with("plan")
}

#[cfg(feature = "postgres")]
fn postgres(error: &dyn DatabaseError) -> Option<&PgDatabaseError> {
    error.try_downcast_ref()
}

/// What a text begins with that the program vouches for, and that is executed by code: so an error of it is told apart
/// from those of texts that were put together in the database.
pub(crate) const OF_PROGRAM: &str = "/* tenancy: of the program */ ";
