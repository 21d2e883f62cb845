//! Text patterns: `contains`, `starts_with`, `ends_with` and `like`, the same on every database.
//!
//! Matching is case-sensitive. PostgreSQL does it with `LIKE`; SQLite's `LIKE` ignores case for
//! ASCII letters, so `GLOB` is used there, with the pattern translated.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::model::column::Column;
use crate::model::contract::Model;
use crate::model::params::Binder;
use crate::sql::node::Node;
use crate::sql::render::Dialect;
use crate::sql::text::{MATCHES, Text, USER, text};

/// A type of column that text patterns apply to.
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` is not text",
    label = "text patterns apply to `String` columns"
)]
pub trait TextColumn {}

impl TextColumn for String {}

/// `column LIKE pattern`.
#[derive(Clone, Debug)]
pub struct Matches<C> {
    column: C,
    pattern: Vec<Piece>,
}

/// A part of a pattern, before any database's spelling.
#[derive(Clone, Debug)]
enum Piece {
    /// Any number of characters.
    Many,
    /// Exactly one character.
    One,
    /// This text.
    Literal(String),
}

impl<C: Node> Node for Matches<C> {
    const COLUMNS: u128 = C::COLUMNS;
    const TEXT: &'static Text = &text!(append(C::TEXT), mark(MATCHES), mark(USER));
}

impl<DB: Backend, C: Bind<DB>> Bind<DB> for Matches<C> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.column.bind(binder);
        let pattern = spell(&self.pattern, DB::DIALECT);
        // The database would find out at the first row that it looks at, be it another tenant's.
        if pattern.contains('\0') || pattern.len() > DB::LONGEST_PATTERN {
            binder.refuse("a pattern that no text can match, or that is too long to be matched");
        }
        binder.text(pattern);
    }
}

impl<M: Model, T, const I: usize, K> Column<M, T, I, K> {
    /// The text contains `needle`, taken literally.
    pub fn contains(self, needle: impl AsRef<str>) -> Condition<M, Matches<Self>>
    where
        T: TextColumn,
    {
        self.matches(vec![Piece::Many, Piece::literal(needle), Piece::Many])
    }

    /// The text starts with `prefix`, taken literally.
    pub fn starts_with(self, prefix: impl AsRef<str>) -> Condition<M, Matches<Self>>
    where
        T: TextColumn,
    {
        self.matches(vec![Piece::literal(prefix), Piece::Many])
    }

    /// The text ends with `suffix`, taken literally.
    pub fn ends_with(self, suffix: impl AsRef<str>) -> Condition<M, Matches<Self>>
    where
        T: TextColumn,
    {
        self.matches(vec![Piece::Many, Piece::literal(suffix)])
    }

    /// The text matches a pattern: `%` is any number of characters, `_` is one, `\` takes the next
    /// character literally. Case matters on every database.
    pub fn like(self, pattern: impl AsRef<str>) -> Condition<M, Matches<Self>>
    where
        T: TextColumn,
    {
        self.matches(parse(pattern.as_ref()))
    }

    fn matches(self, pattern: Vec<Piece>) -> Condition<M, Matches<Self>> {
        Condition::new(Matches {
            column: self,
            pattern,
        })
    }
}

impl Piece {
    fn literal(text: impl AsRef<str>) -> Self {
        Self::Literal(text.as_ref().to_owned())
    }
}

/// Reads a `LIKE` pattern. A backslash at the end stands for itself.
fn parse(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let wildcard = match character {
            '%' => Piece::Many,
            '_' => Piece::One,
            '\\' => {
                literal.push(characters.next().unwrap_or('\\'));
                continue;
            }
            _ => {
                literal.push(character);
                continue;
            }
        };
        pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        pieces.push(wildcard);
    }
    pieces.push(Piece::Literal(literal));
    pieces
}

/// Writes a pattern the way the dialect's operator reads it.
fn spell(pattern: &[Piece], dialect: Dialect) -> String {
    let mut spelled = String::new();
    for piece in pattern {
        match (piece, dialect) {
            (Piece::Many, Dialect::Sqlite) => spelled.push('*'),
            (Piece::One, Dialect::Sqlite) => spelled.push('?'),
            (Piece::Many, Dialect::Postgres) => spelled.push('%'),
            (Piece::One, Dialect::Postgres) => spelled.push('_'),
            (Piece::Literal(text), Dialect::Sqlite) => {
                for character in text.chars() {
                    if matches!(character, '*' | '?' | '[') {
                        spelled.extend(['[', character, ']']);
                    } else {
                        spelled.push(character);
                    }
                }
            }
            (Piece::Literal(text), Dialect::Postgres) => {
                for character in text.chars() {
                    if matches!(character, '%' | '_' | '\\') {
                        spelled.push('\\');
                    }
                    spelled.push(character);
                }
            }
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_a_literal_stay_literal() {
        let pieces = [Piece::literal("a*b?c[d]_%\\"), Piece::Many];
        assert_eq!(spell(&pieces, Dialect::Sqlite), "a[*]b[?]c[[]d]_%\\*");
        assert_eq!(spell(&pieces, Dialect::Postgres), "a*b?c[d]\\_\\%\\\\%");
    }

    #[test]
    fn a_like_pattern_means_the_same_everywhere() {
        let pieces = parse("50\\% of _*%\\");
        assert_eq!(spell(&pieces, Dialect::Sqlite), "50% of ?[*]*\\");
        assert_eq!(spell(&pieces, Dialect::Postgres), "50\\% of _*%\\\\");
    }
}
