//! Constraints that refused a row.

use crate::error::reported::Reported;
use std::fmt;

/// The constraint that refused a row.
///
/// Its name is for the program and the operator; it belongs into no answer to a client.
pub struct Constraint {
    source: Reported,
}

impl Constraint {
    pub(crate) fn new(source: Reported) -> Self {
        Self { source }
    }

    pub(crate) fn into_source(self) -> Reported {
        self.source
    }

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
