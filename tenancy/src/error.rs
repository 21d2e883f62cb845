//! What can go wrong, in terms an application can act on.

#[cfg(feature = "postgres")]
mod postgres;
mod reported;
mod sqlite;
mod unreadable;

use std::fmt;

use crate::pool::Refused;

pub(crate) use reported::Details;
pub use reported::Reported;
pub use unreadable::Unreadable;

/// The result of every operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation did not happen.
///
/// The text of an error never contains SQL, values, or another tenant's ids, and it is the same for
/// a row that does not exist and for a row of another tenant. Details for the operator are in
/// [`source`](std::error::Error::source): log it, and keep it away from clients. They have no values of rows
/// in them either, unless the program asks for that where it connects: see [`Reported`].
///
/// A tenant whose schema, database or database server is not there is that tenant's trouble and no one else's:
/// [`NoSchema`](Self::NoSchema) and [`NoDatabase`](Self::NoDatabase), which is told apart in their source. If the
/// database that all share is not there, it is [`Unreachable`](Self::Unreachable).
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
///         error if error.is_unavailable() => 503,
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

    /// The tenant has no schema, for a model with `strategy = schema`: its id makes no name of one, or there is
    /// none, or a table is missing in it. Which, is in [`source`](std::error::Error::source).
    #[error("the tenant has no schema")]
    NoSchema(#[source] crate::schema::NoSchema),

    /// The tenant has no database of its own, for a model with `strategy = database`: the program's lookup failed,
    /// what it found cannot be reached, or does not say that it is this tenant's. Which, is in
    /// [`source`](std::error::Error::source). Other tenants have theirs.
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
    Busy(#[source] Reported),

    /// The database that tenants share cannot be reached: its server is down, the connection broke, or the login was
    /// refused. Whether a statement that ran meanwhile has had its effect is not known.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Reported),

    /// A value of a row could not be read as the type of its field. If the statement wrote the row, that lasts
    /// nevertheless, or is part of its transaction: see [`Unreadable::was_written`].
    #[error("{}", .0.summary())]
    Unreadable(#[source] Unreadable),

    /// The database skipped the row, without an error: a trigger refused it silently (`RETURN NULL` on PostgreSQL,
    /// `RAISE(IGNORE)` on SQLite). Nothing was written.
    #[error("the database skipped the row")]
    Skipped,

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
    Database(#[source] Reported),
}

impl Error {
    /// Whether the tenant, or the database, cannot be used at the moment through no fault of the request: HTTP's
    /// 503. Trying again later may help.
    ///
    /// [`Busy`](Self::Busy), [`Unreachable`](Self::Unreachable), [`NoDatabase`](Self::NoDatabase) and
    /// [`NoSchema`](Self::NoSchema).
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Busy(_) | Self::Unreachable(_) | Self::NoDatabase(_) | Self::NoSchema(_)
        )
    }
}

/// The constraint that refused a row.
///
/// Its name is for the program and the operator; it belongs into no answer to a client.
pub struct Constraint {
    source: Reported,
}

impl Constraint {
    /// The name of the constraint, as far as the database tells it: PostgreSQL gives the name,
    /// SQLite none.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.source.constraint()
    }

    /// Whether the constraint covers `column`, as far as the database tells.
    ///
    /// SQLite reports the columns. PostgreSQL reports the column of a NOT NULL constraint, and
    /// otherwise the constraint's name, which by default is made of the table's name and those of
    /// its columns: a constraint that was given a name without them mentions none.
    #[must_use]
    pub fn mentions(&self, column: &str) -> bool {
        if let Some(refused) = self.source.column() {
            return refused == column;
        }
        if let Some(name) = self.source.constraint() {
            return has_word(name, column);
        }
        // SQLite: `UNIQUE constraint failed: users.tenant_id, users.email`, or an expression for a CHECK.
        let message = self.source.message().unwrap_or_default();
        let columns = message.rsplit(": ").next().unwrap_or_default();
        columns
            .split(|character: char| !character.is_alphanumeric() && !"_.".contains(character))
            .filter_map(|name| name.rsplit('.').next())
            .any(|name| name == column)
    }
}

/// Whether `word` is a part of `name` between underscores, or several.
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

#[cfg(feature = "sqlite")]
impl Error {
    /// A conflict that the driver does not know as one.
    pub(crate) fn conflict(source: sqlx::Error) -> Self {
        Self::Conflict(Constraint {
            source: source.into(),
        })
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::reported(error, Details::Safe)
    }
}

impl Error {
    /// The same, after a statement that had its effect.
    pub(crate) fn written(self) -> Self {
        match self {
            Self::Unreadable(unreadable) => Self::Unreadable(unreadable.written()),
            error => error,
        }
    }

    /// What an error of the driver means.
    pub(crate) fn reported(error: sqlx::Error, details: Details) -> Self {
        let meaning = match error {
            sqlx::Error::Configuration(inside) => match Refused::found(inside) {
                Ok(refused) => return refused,
                Err(inside) => {
                    let error = sqlx::Error::Configuration(inside);
                    return Self::Database(Reported::new(error, details));
                }
            },
            sqlx::Error::RowNotFound => return Self::NotFound,
            ref error => Meaning::of(error),
        };
        let unreadable = Unreadable::found(&error);
        let source = Reported::new(error, details);
        match meaning {
            Meaning::Busy => Self::Busy(source),
            Meaning::Unreachable => Self::Unreachable(source),
            Meaning::Conflict => Self::Conflict(Constraint { source }),
            Meaning::InvalidReference => Self::InvalidReference,
            Meaning::InvalidValue => Self::InvalidValue(Constraint { source }),
            Meaning::Unreadable => Self::Unreadable(Unreadable::new(unreadable, source)),
            Meaning::Other => Self::Database(source),
        }
    }
}

/// Whether an error says that a server is not there, or does not let anybody in.
pub(crate) fn is_unreachable(error: &sqlx::Error) -> bool {
    matches!(Meaning::of(error), Meaning::Unreachable)
}

/// What an error of the driver means.
enum Meaning {
    Busy,
    Unreachable,
    Conflict,
    InvalidReference,
    InvalidValue,
    Unreadable,
    Other,
}

impl Meaning {
    fn of(error: &sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;

        let database = match error {
            sqlx::Error::PoolTimedOut => return Self::Busy,
            sqlx::Error::Encode(_) => return Self::InvalidValue,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => return Self::Unreadable,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => return Self::Unreachable,
            sqlx::Error::Database(database) => database,
            _ => return Self::Other,
        };
        match database.kind() {
            ErrorKind::UniqueViolation => return Self::Conflict,
            ErrorKind::ForeignKeyViolation => return Self::InvalidReference,
            ErrorKind::NotNullViolation | ErrorKind::CheckViolation => return Self::InvalidValue,
            _ => {}
        }
        match database.code().as_deref() {
            Some(code) if is_busy(code) => Self::Busy,
            Some(code) if is_taken(code) => Self::Conflict,
            Some(code) if is_unfit(code) => Self::InvalidValue,
            Some(code) if is_away(code) => Self::Unreachable,
            _ => Self::Other,
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
/// too many connections (SQLSTATE, PostgreSQL appendix A); `SQLITE_BUSY` and `SQLITE_LOCKED` with
/// their extended forms (low byte 5 and 6, sqlite.org/rescode.html).
fn is_busy(code: &str) -> bool {
    match code {
        "40001" | "40P01" | "55P03" | "53300" => true,
        _ => code.len() < 5 && matches!(code.parse::<u32>().map(|code| code & 0xff), Ok(5 | 6)),
    }
}

/// Codes of a server that is not there, or does not let anybody in: connection exceptions, what an operator did to
/// the server, refused logins, a database that does not exist (SQLSTATE, classes 08, 57P, 28, 3D); `SQLITE_CANTOPEN`
/// with its extended forms (low byte 14).
fn is_away(code: &str) -> bool {
    match code.len() {
        5 => ["08", "57P", "28", "3D"]
            .iter()
            .any(|class| code.starts_with(class)),
        _ => matches!(code.parse::<u32>().map(|code| code & 0xff), Ok(14)),
    }
}
