//! What errors of the driver mean.

use crate::error::origin::{ends_session, is_inside, is_of_session};

/// Whether an error says that a server is not there, or does not let anybody in.
pub(crate) fn is_unreachable(error: &sqlx::Error) -> bool {
    matches!(Meaning::of(error), Meaning::Unreachable)
}

/// What an error of the driver means.
pub(crate) enum Meaning {
    TooLarge,
    Busy,
    Unreachable,
    Conflict,
    InvalidReference,
    InvalidValue,
    Unreadable,
    Other,
}

impl Meaning {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;

        let database = match error {
            sqlx::Error::PoolTimedOut => return Self::Busy,
            sqlx::Error::Encode(_) => return Self::InvalidValue,
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => return Self::Unreadable,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => return Self::Unreachable,
            sqlx::Error::Database(database) => database,
            _ => return Self::Other,
        };
        if is_too_large(&**database) && !is_inside(&**database) {
            return Self::TooLarge;
        }
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
            Some(code) if is_away(code) && is_of_session(&**database) => Self::Unreachable,
            // Timeouts of idle sessions and whole transactions, logins that are refused for other reasons.
            _ if ends_session(&**database) => Self::Unreachable,
            _ => Self::Other,
        }
    }
}

/// Whether a statement was more than the database reads: its stack would not hold it, or it has too many parts
/// (SQLSTATE, class 54). SQLite has no code for that.
fn is_too_large(error: &dyn sqlx::error::DatabaseError) -> bool {
    match error.code().as_deref() {
        Some("54000" | "54001" | "54011" | "54023") => true,
        Some("1") => {
            let message = error.message();
            message.starts_with("Expression tree is too large")
                || message.starts_with("parser stack overflow")
                || message.starts_with("too many SQL variables")
        }
        _ => false,
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
