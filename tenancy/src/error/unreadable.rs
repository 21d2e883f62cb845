//! Values that could not be read.

use std::error::Error as StdError;
use std::fmt;

use super::Reported;
use crate::backend::Unfit;

/// A value of a row that could not be read as the type of its field: it is of another type, NULL where the field
/// is none, a moment that the field's type does not have (`infinity`, years after 9999, 24:00), or what the type's
/// own `Decode` refuses.
///
/// It says which column and why, and never the value. It is for the operator: nothing that a client sends mends it.
///
/// A `Decode` of the program's own that panics is not caught.
pub struct Unreadable {
    /// The position of the column.
    column: String,
    why: Option<Unfit>,
    written: bool,
    source: Reported,
}

impl Unreadable {
    /// The column of an error of the driver, and why it was refused before the driver saw it.
    pub(super) fn found(error: &sqlx::Error) -> (String, Option<Unfit>) {
        match error {
            sqlx::Error::ColumnDecode { index, source } => {
                (index.clone(), source.downcast_ref().cloned())
            }
            _ => (String::new(), None),
        }
    }

    pub(super) fn new((column, why): (String, Option<Unfit>), source: Reported) -> Self {
        Self {
            column,
            why,
            written: false,
            source,
        }
    }

    /// Whether the statement wrote rows all the same, and only reading one of them back failed: what it wrote lasts;
    /// or, in a transaction, is part of it, which lasts if it is committed. So do not write it once more.
    ///
    /// `false` if the statement wrote nothing, or nothing of it is left.
    #[must_use]
    pub fn was_written(&self) -> bool {
        self.written
    }

    /// The same, of a row that was written.
    pub(super) fn written(self) -> Self {
        Self {
            written: true,
            ..self
        }
    }

    pub(super) fn summary(&self) -> &'static str {
        match self.written {
            true => "the row was written, and cannot be read back",
            false => "a value cannot be read",
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Some(why) => write!(f, "the value of column {} {why}", self.column),
            None => self.source.fmt(f),
        }
    }
}

impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unreadable")
            .field("column", &self.column)
            .field("why", &self.why)
            .field("written", &self.written)
            .field("source", &self.source)
            .finish()
    }
}

impl StdError for Unreadable {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.source)
    }
}
