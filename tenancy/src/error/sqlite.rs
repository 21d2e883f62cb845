//! What of an error of SQLite is known to be no value.

use crate::error::reported::{NO_TARGET, Told};
use sqlx::error::DatabaseError;
use std::borrow::Cow;

/// The parts of an error that cannot have values in them (sqlite.org/rescode.html).
pub(crate) fn told(error: &dyn DatabaseError) -> Told {
    let code = error.code().map(Cow::into_owned);
    let message = match error.message() {
        message if message.starts_with("ON CONFLICT clause does not match") => NO_TARGET,
        message => message,
    };
    let safe = code
        .as_deref()
        .and_then(|code| code.parse().ok())
        .is_some_and(|code| is_made_of_names(code, message));
    Told {
        what: "an error of the database".into(),
        code,
        message: safe.then(|| message.to_owned()),
        ..Told::default()
    }
}

/// Whether the message consists of constant words and names.
fn is_made_of_names(code: u32, message: &str) -> bool {
    match code {
        // `SQLITE_ERROR` is also what functions say to values, and a full-text search to a term ("no such
        // column").
        1 => {
            message == NO_TARGET
                || message.starts_with("no such table: ")
                || (message.starts_with("table ") && message.contains(" has no column named "))
        }
        // Constraints, but not `SQLITE_CONSTRAINT_TRIGGER` (1811), whose message is the trigger's: CHECK,
        // FOREIGN KEY, NOT NULL, PRIMARY KEY, UNIQUE, ROWID, and the type of a STRICT table's column.
        275 | 787 | 1299 | 1555 | 2067 | 2579 | 3091 => true,
        // Of the database as a whole: busy, locked, out of memory, read-only, input and output, corrupt, full,
        // cannot be opened, too big, mismatch, no database.
        _ => matches!(
            code & 0xff,
            5 | 6 | 7 | 8 | 10 | 11 | 13 | 14 | 18 | 20 | 26
        ),
    }
}
