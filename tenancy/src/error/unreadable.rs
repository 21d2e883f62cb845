//! Values that could not be read.

use crate::error::reported::Reported;
use crate::error::unfit::Unfit;
use std::error::Error as StdError;
use std::fmt;

/// A value of a row that could not be read as the type of its field: it is of another type, NULL where the field
/// is none, a moment that the field's type does not have (`infinity`, years after 9999, 24:00), or what the type's
/// own `Decode` refuses.
///
/// It says which column and why, and never the value. It is for the operator: nothing that a client sends mends it.
///
/// A `Decode` of the program's own that panics is not caught.
pub struct Unreadable(Box<What>);

struct What {
    /// The name of the column, or its position.
    column: String,
    why: Option<Unfit>,
    written: bool,
    source: Reported,
}

impl Unreadable {
    /// The column of an error of the driver, and why it was refused before the driver saw it.
    pub(crate) fn found(error: &sqlx::Error) -> (String, Option<Unfit>) {
        match error {
            sqlx::Error::ColumnDecode { index, source } => {
                (index.clone(), source.downcast_ref().cloned())
            }
            _ => (String::new(), None),
        }
    }

    pub(crate) fn new((column, why): (String, Option<Unfit>), source: Reported) -> Self {
        Self(Box::new(What {
            column,
            why,
            written: false,
            source,
        }))
    }

    /// Whether the statement wrote rows all the same, and only reading one of them back failed: what it wrote lasts;
    /// or, in a transaction, is part of it, which lasts if it is committed. So do not write it once more.
    ///
    /// `false` if the statement wrote nothing, or nothing of it is left.
    #[must_use]
    pub fn was_written(&self) -> bool {
        self.0.written
    }

    /// The same, of a row that was written.
    pub(crate) fn written(mut self) -> Self {
        self.0.written = true;
        self
    }

    pub(crate) fn summary(&self) -> &'static str {
        match self.0.written {
            true => "the row was written, and cannot be read back",
            false => "a value cannot be read",
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let What {
            column,
            why,
            source,
            ..
        } = &*self.0;
        match why {
            Some(why) => write!(f, "the value of column {column} {why}"),
            None => source.fmt(f),
        }
    }
}

impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let What {
            column,
            why,
            written,
            source,
        } = &*self.0;
        f.debug_struct("Unreadable")
            .field("column", column)
            .field("why", why)
            .field("written", written)
            .field("source", source)
            .finish()
    }
}

impl StdError for Unreadable {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0.source)
    }
}
