//! What can go wrong, in terms an application can act on.

use std::fmt;

use crate::pool::Refused;

#[cfg(feature = "postgres")]
use crate::execute::of_postgres;

/// The result of every operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation did not happen.
///
/// The text of an error never contains SQL, values, or another tenant's ids, and it is the same for
/// a row that does not exist and for a row of another tenant. Details for the operator are in
/// [`source`](std::error::Error::source): log it, and keep it away from clients.
///
/// Mapping to HTTP takes a few lines:
///
/// ```
/// fn status(error: &tenancy::Error) -> u16 {
///     match error {
///         tenancy::Error::NotFound => 404,
///         tenancy::Error::Forbidden(_) => 403,
///         tenancy::Error::Stale | tenancy::Error::Conflict(_) | tenancy::Error::StillReferenced => 409,
///         tenancy::Error::InvalidReference | tenancy::Error::InvalidValue(_) => 422,
///         tenancy::Error::TenantUnavailable => 404,
///         tenancy::Error::Busy(_) => 503,
///         _ => 500,
///     }
/// }
/// # assert_eq!(status(&tenancy::Error::NotFound), 404);
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such row in this tenant.
    #[error("not found")]
    NotFound,

    /// The actor may read the row, and may not do this to it; or may not create it.
    ///
    /// The [`Denial`](crate::policy::Denial) has a stable code for the program and its clients.
    #[error("forbidden")]
    Forbidden(crate::policy::Denial),

    /// The row was changed or removed since it was read (its version column no longer matches).
    #[error("the row was changed by someone else since it was read")]
    Stale,

    /// A unique constraint would be violated; or there is a schema or database of that name already.
    #[error("a row with these values already exists")]
    Conflict(#[source] Constraint),

    /// A foreign key names a row that does not exist in this tenant.
    #[error("a referenced row does not exist")]
    InvalidReference,

    /// A row was to be removed that other rows refer to.
    #[error("other rows still refer to the row")]
    StillReferenced,

    /// A value was refused: by a NOT NULL or CHECK constraint of the table, because it does not fit
    /// its column (too long, out of range, not a text), or because it could not be encoded.
    #[error("a value was refused")]
    InvalidValue(#[source] Constraint),

    /// The tenant does not exist, is not active, or is not the one that was expected.
    #[error("the tenant is not available")]
    TenantUnavailable,

    /// The tenant's id makes no name of a schema, or its row has no mark, for a model with `strategy = schema`. The name, and what is
    /// wrong with it, are in [`source`](std::error::Error::source).
    #[error("the tenant has no schema")]
    NoSchema(#[source] crate::schema::InvalidSchema),

    /// The tenant's schema was not dropped, because something elsewhere depends on what is in it. What that is, is in
    /// [`source`](std::error::Error::source).
    #[error("the tenant's schema is used from elsewhere")]
    SchemaInUse(#[source] crate::schema::Dependents),

    /// The tenant has no database of its own, for a model with `strategy = database`: the program's lookup failed,
    /// or what it found does not say that it is this tenant's. Details are in
    /// [`source`](std::error::Error::source).
    #[error("the tenant has no database")]
    NoDatabase(#[source] crate::databases::NoDatabase),

    /// The transaction is on another database than the rows: on the one that tenants share, or on the tenant's
    /// own. See [`Tenant::begin`](crate::Tenant::begin) and
    /// [`begin_shared`](crate::Tenant::begin_shared).
    #[error("the transaction is on another database than the rows")]
    OtherDatabase,

    /// Row-level security does not hold for the role of the connection. Why is in
    /// [`source`](std::error::Error::source).
    #[error("row-level security does not hold for the role of the connection")]
    UnsafeRole(#[source] crate::rls::UnsafeRole),

    /// The database is busy: no connection became free, a lock was not granted in time, or the
    /// transaction could not be serialised. Trying again may help.
    #[error("the database is busy")]
    Busy(#[source] sqlx::Error),

    /// The transaction already runs a statement: a stream is still open or a future was not
    /// awaited to its end. A transaction is one connection and does one thing at a time.
    #[error("the transaction is still running another statement: await or drop it first")]
    TransactionInUse,

    /// A statement of the transaction failed before, and the database has given up the whole
    /// transaction (as PostgreSQL does): nothing of it lasts. Use a savepoint around a statement
    /// that may fail.
    #[error("the transaction was rolled back because one of its statements failed")]
    RolledBack,

    /// The statement has more parameters than the database takes (32,766 on SQLite, 65,535 on
    /// PostgreSQL): split the list of rows or values. Nothing was written.
    #[error("too many values for one statement: split them")]
    TooLarge,

    /// Everything else that the database or the driver reported.
    #[error("the database reported an error")]
    Database(#[source] sqlx::Error),
}

/// The constraint that refused a row.
///
/// Its name is for the program and the operator; it belongs into no answer to a client.
pub struct Constraint {
    source: sqlx::Error,
}

impl Constraint {
    /// The name of the constraint, as far as the database tells it: PostgreSQL gives the name,
    /// SQLite none.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.source.as_database_error()?.constraint()
    }

    /// Whether the constraint covers `column`, as far as the database tells.
    ///
    /// SQLite reports the columns. PostgreSQL reports the column of a NOT NULL constraint, and
    /// otherwise the constraint's name, which by default is made of the table's name and those of
    /// its columns: a constraint that was given a name without them mentions none.
    #[must_use]
    pub fn mentions(&self, column: &str) -> bool {
        let Some(error) = self.source.as_database_error() else {
            return false;
        };
        #[cfg(feature = "postgres")]
        if let Some(error) = of_postgres(error) {
            return match error.column() {
                Some(refused) => refused == column,
                None => error
                    .constraint()
                    .is_some_and(|name| has_word(name, column)),
            };
        }
        // `UNIQUE constraint failed: users.tenant_id, users.email`, or an expression for a CHECK.
        let columns = error.message().rsplit(": ").next().unwrap_or_default();
        columns
            .split(|character: char| !character.is_alphanumeric() && !"_.".contains(character))
            .filter_map(|name| name.rsplit('.').next())
            .any(|name| name == column)
    }
}

/// Whether `word` is a part of `name` between underscores, or several.
#[cfg(feature = "postgres")]
fn has_word(name: &str, word: &str) -> bool {
    name.match_indices(word).any(|(start, _)| {
        let end = start + word.len();
        (start == 0 || name[..start].ends_with('_'))
            && (end == name.len() || name[end..].starts_with('_'))
    })
}

impl fmt::Debug for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Constraint").field(&self.source).finish()
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "constraint `{name}`"),
            None => f.write_str("a constraint of the table"),
        }
    }
}

impl std::error::Error for Constraint {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

impl Error {
    /// A conflict that the driver does not know as one.
    pub(crate) fn conflict(source: sqlx::Error) -> Self {
        Self::Conflict(Constraint { source })
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;

        match &error {
            sqlx::Error::RowNotFound => return Self::NotFound,
            sqlx::Error::PoolTimedOut => return Self::Busy(error),
            sqlx::Error::Encode(_) => return Self::InvalidValue(Constraint { source: error }),
            _ => {}
        }
        if let sqlx::Error::Configuration(inside) = error {
            return Refused::found(inside);
        }
        let Some(database) = error.as_database_error() else {
            return Self::Database(error);
        };
        match database.kind() {
            ErrorKind::UniqueViolation => Self::Conflict(Constraint { source: error }),
            ErrorKind::ForeignKeyViolation => Self::InvalidReference,
            ErrorKind::NotNullViolation | ErrorKind::CheckViolation => {
                Self::InvalidValue(Constraint { source: error })
            }
            _ => match database.code().as_deref() {
                Some(code) if is_busy(code) => Self::Busy(error),
                Some(code) if is_taken(code) => Self::Conflict(Constraint { source: error }),
                Some(code) if is_unfit(code) => Self::InvalidValue(Constraint { source: error }),
                _ => Self::Database(error),
            },
        }
    }
}

/// Codes of what there is already and the driver does not know as a unique constraint: an exclusion
/// constraint, which is one of another kind; the name of a schema, and of a database (SQLSTATE).
fn is_taken(code: &str) -> bool {
    matches!(code, "23P01" | "42P06" | "42P04")
}

/// Codes of values that do not fit their column or expression, whatever the constraints: too long,
/// out of range, not a text, not a date (SQLSTATE, class 22); `SQLITE_TOOBIG`, `SQLITE_MISMATCH`,
/// `SQLITE_CONSTRAINT_DATATYPE`.
fn is_unfit(code: &str) -> bool {
    (code.len() == 5 && code.starts_with("22")) || matches!(code, "18" | "20" | "3091")
}

/// Codes after which trying again may help: serialisation failure, deadlock, lock not available,
/// object in use, too many connections (SQLSTATE, PostgreSQL appendix A); `SQLITE_BUSY` and `SQLITE_LOCKED` with
/// their extended forms (low byte 5 and 6, sqlite.org/rescode.html).
fn is_busy(code: &str) -> bool {
    match code {
        "40001" | "40P01" | "55P03" | "55006" | "53300" => true,
        _ => code.len() < 5 && matches!(code.parse::<u32>().map(|code| code & 0xff), Ok(5 | 6)),
    }
}
