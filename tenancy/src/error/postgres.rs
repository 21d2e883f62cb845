//! What of an error of PostgreSQL is known to be no value.

use std::borrow::Cow;

use sqlx::postgres::{PgDatabaseError, PgErrorPosition, PgSeverity};

use super::reported::Told;

/// The parts of an error that cannot have values in them (PostgreSQL, 53.8 and appendix A).
///
/// Never the detail, the hint, the context or a query inside of the server: they have rows, keys and texts in
/// them.
pub(super) fn told(error: &PgDatabaseError) -> Told {
    let code = error.code();
    let mut told = Told {
        what: condition(code),
        code: Some(code.to_owned()),
        ..Told::default()
    };
    // `RAISE … USING` fills every part of an error, under every code.
    if is_raised(error) {
        return told;
    }
    let name = |name: Option<&str>| name.map(str::to_owned);
    told.schema = name(error.schema());
    told.table = name(error.table());
    told.column = name(error.column());
    told.constraint = name(error.constraint());
    told.data_type = name(error.data_type());
    if is_made_of_names(error) {
        told.message = Some(error.message().to_owned());
    }
    told
}

/// Whether code of the program raised it: that of a procedural language, whose sources are called so (`pl_exec.c`,
/// `plpy_elog.c`, `plperl.c`, `pltcl.c`, `plv8.cc`).
fn is_raised(error: &PgDatabaseError) -> bool {
    let file = error.file().unwrap_or_default();
    let file = file.rsplit(['/', '\\']).next().unwrap_or_default();
    file.starts_with("pl") && !file.starts_with("plan")
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
        "42P01" | "42703" | "42883" | "42704" | "42804" | "42P18" => {
            matches!(error.position(), Some(PgErrorPosition::Original(_)))
        }
        "42501" | "42P10" | "26000" => error.r#where().is_none(),
        // That of a key that is no target of `ON CONFLICT`, as it is deferrable.
        "55000" => error.r#where().is_none() && error.file() == Some("execIndexing.c"),
        "25P02" | "40001" | "40P01" | "53300" | "55P03" | "57014" => true,
        _ => false,
    }
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
        "3F000" => "invalid schema name",
        "42601" => "syntax error",
        "P0001" => "raise exception",
        "XX000" => "internal error",
        _ => "an error of PostgreSQL",
    })
}
