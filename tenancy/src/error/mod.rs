//! What can go wrong, in terms an application can act on.

pub(crate) mod constraint;
pub(crate) mod denial;
#[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "of schemas"))]
pub(crate) mod in_use;
pub(crate) mod meaning;
pub(crate) mod origin;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
pub(crate) mod refused;
pub(crate) mod reported;
pub(crate) mod role;
pub(crate) mod sqlite;
pub(crate) mod too_deep;
pub(crate) mod unavailable;
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    allow(dead_code, reason = "for databases")
)]
pub(crate) mod unfit;
pub(crate) mod unreadable;
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    allow(dead_code, reason = "for databases")
)]
pub(crate) mod unstorable;

use crate::error::meaning::Meaning;
use crate::error::refused::Refused;
use crate::error::reported::Details;
use crate::error::too_deep::TooDeep;

pub use crate::error::constraint::Constraint;
pub use crate::error::reported::Reported;
pub use crate::error::unreadable::Unreadable;

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
///         tenancy::Error::Skipped => 422,
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
    Forbidden(denial::Denial),

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
    /// its column (too long, out of range, not a text), because it could not be encoded, or because not every
    /// database would give it back (NUL in a text, NaN, years beyond 9999 on SQLite).
    #[error("a value was refused")]
    InvalidValue(#[source] Constraint),

    /// The tenant does not exist, is not active, or is not the one that was expected.
    #[error("the tenant is not available")]
    TenantUnavailable,

    /// The tenant has no schema, for a model with `strategy = schema`: its id makes no name of one, its row has no
    /// mark, there is none, a table is missing in it, or the program's role may not use it. Which, is in
    /// [`source`](std::error::Error::source).
    #[error("the tenant has no schema")]
    NoSchema(#[source] unavailable::NoSchema),

    /// The tenant's schema was not dropped, because something elsewhere depends on what is in it. What that is, is in
    /// [`source`](std::error::Error::source).
    #[error("the tenant's schema is used from elsewhere")]
    SchemaInUse(#[source] in_use::Dependents),

    /// The tenant has no database of its own, for a model with `strategy = database`: the program's lookup failed,
    /// what it found cannot be reached, or does not say that it is this tenant's. Which, is in
    /// [`source`](std::error::Error::source). Other tenants have theirs.
    #[error("the tenant has no database")]
    NoDatabase(#[source] unavailable::NoDatabase),

    /// The transaction is on another database than the rows: on the one that tenants share, or on the tenant's
    /// own. See [`Tenant::begin`](crate::Tenant::begin) and
    /// [`begin_shared`](crate::Tenant::begin_shared). Or the handle of whoever owns the schemas of tenants leads to
    /// another database than the tenant's, be it a copy.
    #[error("this is on another database than the rows of the tenant")]
    OtherDatabase,

    /// Row-level security does not hold for the role of the connection. Why is in
    /// [`source`](std::error::Error::source).
    #[error("row-level security does not hold for the role of the connection")]
    UnsafeRole(#[source] role::UnsafeRole),

    /// The database is busy: no connection became free, a lock was not granted in time, or the
    /// transaction could not be serialised; or the transaction ran on a connection that knew tables or types as they
    /// were before they were changed. Trying again may help.
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
    /// PostgreSQL), or conditions that are deeper inside one another than it reads: split the list of rows, values
    /// or conditions. Nothing was written.
    #[error("too much for one statement: split it")]
    TooLarge,

    /// The rules of the statement look into rows whose rules look further, and there is no room to ask them as deep as
    /// they should be: eight rows, unless they say another number (`#![depth(3)]` at the top of the rules). Which, and
    /// what to write, is in [`source`](std::error::Error::source). Nothing was read or written: it is a mistake in the
    /// rules, and shows with the first statement whose answer depends on it.
    #[error("the rules of the statement ask too many other rows")]
    RulesTooDeep(#[source] TooDeep),

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

impl Error {
    /// A conflict that the driver does not know as one.
    pub(crate) fn conflict(source: sqlx::Error) -> Self {
        Self::Conflict(Constraint::new(source.into()))
    }
}

impl Error {
    /// The same, of SQL that makes tables: a conflict of its own does not say that they are there already.
    pub(crate) fn of_tables(self) -> Self {
        match self {
            Self::Conflict(constraint) => Self::Database(constraint.into_source()),
            error => error,
        }
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
            Meaning::TooLarge => Self::TooLarge,
            Meaning::Busy => Self::Busy(source),
            Meaning::Unreachable => Self::Unreachable(source),
            Meaning::Conflict => Self::Conflict(Constraint::new(source)),
            Meaning::InvalidReference => Self::InvalidReference,
            Meaning::InvalidValue => Self::InvalidValue(Constraint::new(source)),
            Meaning::Unreadable => Self::Unreadable(Unreadable::new(unreadable, source)),
            Meaning::Other => Self::Database(source),
        }
    }
}
