//! What a database or its driver reported, without the values that are in it.

use crate::error::sqlite;
use crate::error::unstorable::Unstorable;
use sqlx::error::{DatabaseError, UnexpectedNullError};
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

#[cfg(feature = "postgres")]
use crate::error::postgres;

/// What the database or its driver reported, without any value.
///
/// Databases put values into what they report: PostgreSQL the whole row that violated a constraint, which may be
/// one of another model (of a foreign key with an action), or one that the actor may not read; the text that is
/// not a number; what a trigger had to say. None of that is here, whatever way it is looked at (`{:?}`, `{}`,
/// [`source`](StdError::source)), but only what cannot be one: the code, names of the schema, and the message where it
/// is known to consist of names.
///
/// [`PoolOptions::detailed_errors`](crate::PoolOptions::detailed_errors) keeps everything, for development.
pub struct Reported(Box<Told>);

/// What is known to be no value.
#[derive(Default)]
pub(crate) struct Told {
    /// What it says of itself if there is no message.
    pub(crate) what: Cow<'static, str>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) schema: Option<String>,
    pub(crate) table: Option<String>,
    pub(crate) column: Option<String>,
    pub(crate) constraint: Option<String>,
    pub(crate) data_type: Option<String>,
    /// The whole error, if the program asked for it.
    pub(crate) driver: Option<sqlx::Error>,
}

/// How much is kept of an error of the driver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Details {
    /// What is known to be no value.
    #[default]
    Safe,
    /// Everything.
    All,
}

impl Reported {
    pub(crate) fn new(error: sqlx::Error, details: Details) -> Self {
        let mut told = Told::of(&error);
        if details == Details::All {
            told.driver = Some(error);
        }
        Self(Box::new(told))
    }

    /// The code of the database: SQLSTATE on PostgreSQL, the extended result code on SQLite.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The database's message, if it is of a kind that has no values in it.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The constraint that was violated, if PostgreSQL names it.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }

    /// The table that it is about, if PostgreSQL names it.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// The column that it is about, if PostgreSQL names it.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// The whole error of the driver, which has values of rows in it: only with
    /// [`PoolOptions::detailed_errors`](crate::PoolOptions::detailed_errors).
    #[must_use]
    pub fn driver(&self) -> Option<&sqlx::Error> {
        self.0.driver.as_ref()
    }
}

/// Of an upsert whose columns no index answers to.
pub(crate) const NO_TARGET: &str = "there is no unique index that an upsert can go by: it takes one of the tenant's \
     column and those that `on` names, no more and no less, of all rows and not deferrable";

impl Told {
    fn of(error: &sqlx::Error) -> Self {
        use sqlx::Error as E;

        match error {
            E::Database(error) => Self::database(error.as_ref()),
            // Of the operating system; what else is in such an error may be anything.
            E::Io(error) => match error.raw_os_error() {
                Some(code) => Self::what(std::io::Error::from_raw_os_error(code).to_string()),
                None => Self::what(error.kind().to_string()),
            },
            E::Tls(error) => Self::what(format!("TLS: {error}")),
            // What is wrong with the program's own configuration.
            E::Configuration(error) => Self::what(format!("configuration: {error}")),
            E::Protocol(_) => {
                Self::what("the driver did not understand the server, or would not go on")
            }
            E::TypeNotFound { type_name } => {
                Self::what(format!("the database has no type {type_name}"))
            }
            E::ColumnNotFound(name) => Self::what(format!("there is no column {name}")),
            E::ColumnIndexOutOfBounds { index, len } => {
                Self::what(format!("there is no column {index}: the row has {len}"))
            }
            E::ColumnDecode { index, source } => {
                let why = if source.is::<UnexpectedNullError>() {
                    "is NULL"
                } else {
                    "could not be decoded"
                };
                Self::what(format!("the value of column {index} {why}"))
            }
            E::Decode(_) => Self::what("a value could not be decoded"),
            E::Encode(error) => match error.downcast_ref::<Unstorable>() {
                Some(why) => Self::what(why.to_string()),
                None => Self::what("a value could not be encoded"),
            },
            E::PoolTimedOut => Self::what("no connection became free in time"),
            E::PoolClosed => Self::what("the pool is closed"),
            E::WorkerCrashed => Self::what("the thread of the connection is gone"),
            E::RowNotFound => Self::what("no rows"),
            E::BeginFailed => Self::what("the transaction did not begin"),
            _ => Self::what("the driver failed"),
        }
    }

    fn what(what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            what: what.into(),
            ..Self::default()
        }
    }

    fn database(error: &dyn DatabaseError) -> Self {
        #[cfg(feature = "postgres")]
        if let Some(error) = error.try_downcast_ref() {
            return postgres::told(error);
        }
        sqlite::told(error)
    }
}

impl From<sqlx::Error> for Reported {
    fn from(error: sqlx::Error) -> Self {
        Self::new(error, Details::Safe)
    }
}

impl fmt::Display for Reported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told {
            what,
            code,
            message,
            table,
            column,
            constraint,
            driver,
            ..
        } = &*self.0;
        if let Some(driver) = driver {
            return fmt::Display::fmt(driver, f);
        }
        f.write_str(message.as_deref().unwrap_or(what))?;
        if let Some(code) = code {
            write!(f, " (code {code})")?;
        }
        if message.is_none() {
            let names = [
                ("constraint", constraint),
                ("table", table),
                ("column", column),
            ];
            for (kind, name) in names {
                if let Some(name) = name {
                    write!(f, ", {kind} `{name}`")?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Reported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told {
            what,
            code,
            message,
            schema,
            table,
            column,
            constraint,
            data_type,
            driver,
        } = &*self.0;
        let mut shown = f.debug_struct("Reported");
        if !what.is_empty() {
            shown.field("what", what);
        }
        let names = [
            ("code", code),
            ("message", message),
            ("schema", schema),
            ("table", table),
            ("column", column),
            ("constraint", constraint),
            ("data_type", data_type),
        ];
        for (kind, name) in names {
            if let Some(name) = name {
                shown.field(kind, name);
            }
        }
        if let Some(driver) = driver {
            shown.field("driver", driver);
        }
        shown.finish()
    }
}

impl StdError for Reported {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.0.driver.as_ref()?)
    }
}
