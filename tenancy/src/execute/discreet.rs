//! Errors that do not say what is hidden.
//!
//! What PostgreSQL tells of a violated constraint has the whole row in it that failed, or the key that is
//! taken: values that the actor may not see, be it of another row.

#[cfg(feature = "postgres")]
use std::{borrow::Cow, error::Error as StdError, fmt};

#[cfg(feature = "postgres")]
use sqlx::error::{BoxDynError, DatabaseError, ErrorKind};
#[cfg(feature = "postgres")]
use sqlx::postgres::PgDatabaseError;

/// The error without details.
pub(crate) fn discreet(error: sqlx::Error) -> sqlx::Error {
    match error {
        #[cfg(feature = "postgres")]
        sqlx::Error::Database(error) => {
            sqlx::Error::Database(match error.try_downcast::<PgDatabaseError>() {
                Ok(error) => Box::new(Discreet(error)),
                Err(error) => error,
            })
        }
        error => error,
    }
}

/// The error of PostgreSQL, with or without its details.
#[cfg(feature = "postgres")]
pub(crate) fn of_postgres(error: &dyn DatabaseError) -> Option<&PgDatabaseError> {
    match error.try_downcast_ref::<Discreet>() {
        Some(Discreet(error)) => Some(error),
        None => error.try_downcast_ref(),
    }
}

/// An error of which the details are out of reach.
#[cfg(feature = "postgres")]
struct Discreet(Box<PgDatabaseError>);

#[cfg(feature = "postgres")]
impl fmt::Debug for Discreet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgDatabaseError")
            .field("severity", &self.0.severity())
            .field("code", &self.0.code())
            .field("message", &self.0.message())
            .field("table", &self.0.table())
            .field("column", &self.0.column())
            .field("constraint", &self.0.constraint())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "postgres")]
impl fmt::Display for Discreet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "postgres")]
impl StdError for Discreet {}

#[cfg(feature = "postgres")]
impl DatabaseError for Discreet {
    fn message(&self) -> &str {
        self.0.message()
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.0.code()))
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> BoxDynError {
        self
    }

    fn constraint(&self) -> Option<&str> {
        self.0.constraint()
    }

    fn table(&self) -> Option<&str> {
        self.0.table()
    }

    fn kind(&self) -> ErrorKind {
        self.0.kind()
    }
}
