//! What of an error of PostgreSQL is known to be no value.

use crate::error::origin::{OF_PROGRAM, raised};
use crate::error::reported::{NO_TARGET, Told};
use sqlx::postgres::{PgDatabaseError, PgErrorPosition, PgSeverity};
use std::borrow::Cow;

/// The parts of an error that cannot have values in them (PostgreSQL, 53.8 and appendix A).
///
/// Never the detail, the hint, the context or a query inside of the server: they have rows, keys and texts in
/// them.
pub(crate) fn told(error: &PgDatabaseError) -> Told {
    let code = error.code();
    let mut told = Told {
        what: condition(code),
        code: Some(code.to_owned()),
        ..Told::default()
    };
    // `RAISE … USING` fills every part of an error, under every code.
    if raised(error) {
        // The language itself: of what it executes, which statements it does not take.
        if code == "0A000" && error.routine() == Some("exec_stmt_dynexecute") {
            told.message = Some(error.message().to_owned());
        }
        return told;
    }
    let name = |name: Option<&str>| name.map(str::to_owned);
    told.schema = name(error.schema());
    told.table = name(error.table());
    told.column = name(error.column());
    told.constraint = name(error.constraint());
    told.data_type = name(error.data_type());
    if code == "42P10" && error.routine() == Some("infer_arbiter_indexes") {
        told.message = Some(NO_TARGET.to_owned());
    } else if is_made_of_names(error) {
        told.message = Some(error.message().to_owned());
    }
    told
}

/// Whether the message consists of constant words and names.
fn is_made_of_names(error: &PgDatabaseError) -> bool {
    // Of the session as a whole, and so of no row: it ends it.
    if matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic) {
        let class = error.code().get(..2).unwrap_or_default();
        return matches!(class, "08" | "28" | "3D" | "53" | "57");
    }
    match error.code() {
        // What the statement's text names. Without a position, it may be a value that is cast to a name
        // (`regclass`); inside of a function, a text that was put together there.
        "42P01" | "42703" | "42883" | "42704" | "42804" | "42P18" => is_in_text(error),
        "42501" | "42P10" | "26000" => {
            is_in_text(error) || error.r#where().is_none_or(is_of_program)
        }
        // That of a key that is no target of `ON CONFLICT`, as it is deferrable.
        "55000" => error.r#where().is_none() && error.file() == Some("execIndexing.c"),
        _ => false,
    }
}

/// Whether it is about a word of the text that the program sent, or had executed by code.
fn is_in_text(error: &PgDatabaseError) -> bool {
    match error.position() {
        Some(PgErrorPosition::Original(_)) => true,
        Some(PgErrorPosition::Internal { query, .. }) => query.starts_with(OF_PROGRAM),
        None => false,
    }
}

/// Whether a statement of such a text failed by itself, and no code that it calls: that would come first.
fn is_of_program(context: &str) -> bool {
    let statement = context.strip_prefix("SQL statement \"");
    statement.is_some_and(|statement| statement.starts_with(OF_PROGRAM))
}

/// The name of the condition.
fn condition(code: &str) -> Cow<'static, str> {
    Cow::Borrowed(match code {
        "0A000" => "feature not supported",
        "22001" => "string data right truncation",
        "22003" => "numeric value out of range",
        "22007" => "invalid datetime format",
        "22008" => "datetime field overflow",
        "22012" => "division by zero",
        "22021" => "character not in repertoire",
        "22P02" => "invalid text representation",
        "22P03" => "invalid binary representation",
        "23502" => "not-null violation",
        "23503" => "foreign key violation",
        "23505" => "unique violation",
        "23514" => "check violation",
        "23P01" => "exclusion violation",
        "25P02" => "in failed SQL transaction",
        "3F000" => "invalid schema name",
        "40001" => "serialization failure",
        "40P01" => "deadlock detected",
        "42601" => "syntax error",
        "53300" => "too many connections",
        "55P03" => "lock not available",
        "57014" => "query canceled",
        "P0001" => "raise exception",
        "XX000" => "internal error",
        _ => "an error of PostgreSQL",
    })
}
