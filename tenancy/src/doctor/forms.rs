//! The forms of values on SQLite, which keeps of any column whatever it is given.
//!
//! Statements compare values as they bind them: keys that are UUIDs as sixteen bytes, moments as texts of one width.
//! A value that was stored in another form is found by none of them, and sorted anywhere.

use crate::ddl::table::Column;
use crate::ddl::types;
use crate::model::id::KeyType;

/// What the values of a column look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Uuid,
    Moment,
    Date,
    TimeOfDay,
    /// A class of values, as `typeof` calls it.
    Class(&'static str),
}

impl Form {
    /// The form of a column's values, if the type of the column is one that the library knows.
    pub(super) fn of(column: &Column) -> Option<Self> {
        if column.key == Some(KeyType::Uuid) {
            return Some(Self::Uuid);
        }
        Some(match column.sql_type.as_str() {
            "DATETIME" => Self::Moment,
            "DATE" => Self::Date,
            "TIME" => Self::TimeOfDay,
            "TEXT" => Self::Class("text"),
            "BLOB" => Self::Class("blob"),
            "REAL" => Self::Class("real"),
            "INTEGER" | "BOOLEAN" => Self::Class("integer"),
            _ => return None,
        })
    }

    /// What it is, for people.
    #[cfg(feature = "sqlite")]
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Uuid => "16 bytes",
            Self::Moment => "a text `YYYY-MM-DD HH:MM:SS.000000000` in UTC",
            Self::Date => "a text `YYYY-MM-DD`",
            Self::TimeOfDay => "a text `HH:MM:SS.000000000`",
            Self::Class("text") => "a text without the character NUL",
            Self::Class("blob") => "bytes",
            Self::Class("real") => "a number with a fraction",
            Self::Class(_) => "a whole number",
        }
    }

    /// What is true of a value that has the form, or is NULL.
    pub(super) fn is_met(self, value: &str) -> String {
        let met = match self {
            Self::Uuid => format!("typeof({value}) = 'blob'"),
            Self::Moment | Self::Date | Self::TimeOfDay => {
                format!(
                    "typeof({value}) = 'text' AND {value} GLOB '{}'",
                    self.pattern()
                )
            }
            Self::Class("text") => {
                format!("typeof({value}) = 'text' AND instr({value}, char(0)) = 0")
            }
            Self::Class(class) => format!("typeof({value}) = '{class}'"),
        };
        format!("({value} IS NULL OR {met})")
    }

    /// The value in this form, as an expression; NULL if it is not known how, or would lose something.
    pub(super) fn made_of(self, value: &str) -> Option<String> {
        let (clock, fraction) = match self {
            Self::Uuid => {
                let digits = format!("replace({value}, '-', '')");
                return Some(format!(
                    "iif(typeof({value}) = 'text' AND length({digits}) = 32, unhex({digits}), NULL)"
                ));
            }
            Self::Moment => {
                let offset = after_fraction(value, 20);
                // SQLite rounds what has a fraction, so it gets none to calculate with.
                let whole = format!("substr({value}, 1, 19) || {offset}");
                (
                    format!("strftime('%Y-%m-%d %H:%M:%S', {whole})"),
                    fraction(value, 20, &offset),
                )
            }
            Self::TimeOfDay => {
                let rest = after_fraction(value, 9);
                (
                    format!("iif({rest} = '', substr({value}, 1, 8), NULL)"),
                    fraction(value, 9, &rest),
                )
            }
            Self::Class("real") => {
                let made = format!("CAST({value} AS REAL)");
                return Some(format!(
                    "iif(typeof({value}) = 'integer' AND CAST({made} AS INTEGER) = {value}, {made}, NULL)"
                ));
            }
            Self::Date | Self::Class(_) => return None,
        };
        let made = format!("{clock} || '.' || substr({fraction} || '000000000', 1, 9)");
        let pattern = self.pattern();
        Some(format!(
            "iif(typeof({value}) = 'text' AND length({fraction}) <= 9 AND {made} GLOB '{pattern}', {made}, NULL)"
        ))
    }

    /// What `GLOB` knows it by.
    fn pattern(self) -> String {
        let digits = "[0-9]".repeat(9);
        let date = "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]";
        let time = format!("[0-2][0-9]:[0-5][0-9]:[0-6][0-9].{digits}");
        match self {
            Self::Date => date.to_owned(),
            Self::TimeOfDay => time,
            _ => format!("{date} {time}"),
        }
    }

    /// The default `sql` of a column so that it fills in values of this form.
    pub(super) fn default(self, column: &Column, sql: &str) -> Option<String> {
        let plain = types::default(crate::sql::render::Dialect::Sqlite, &column.sql_type, sql);
        if plain != sql {
            return Some(plain.to_owned());
        }
        let value = format!("({sql})");
        let made = self.made_of(&value)?;
        Some(format!(
            "iif({}, {value}, coalesce({made}, {value}))",
            self.is_met(&value)
        ))
    }
}

/// What comes after the fraction of seconds, which would be at the position `at`.
fn after_fraction(value: &str, at: usize) -> String {
    format!(
        "iif(substr({value}, {at}, 1) = '.', ltrim(substr({value}, {}), '0123456789'), substr({value}, {at}))",
        at + 1
    )
}

/// The digits of the fraction that is there, before `rest`.
fn fraction(value: &str, at: usize, rest: &str) -> String {
    format!(
        "iif(substr({value}, {at}, 1) = '.', substr({value}, {}, length({value}) - {at} - length({rest})), '')",
        at + 1
    )
}

/// What SQLite makes of values of a column that is declared so (sqlite.org/datatype3.html, 3.1).
pub(super) fn affinity(declared: &str) -> &'static str {
    let declared = declared.to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|part| declared.contains(part));
    if has(&["INT"]) {
        "INTEGER"
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        "TEXT"
    } else if declared.is_empty() || has(&["BLOB"]) {
        "BLOB"
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        "REAL"
    } else {
        "NUMERIC"
    }
}
