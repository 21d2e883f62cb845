//! A database as it is.

use crate::ddl::table::{Column, Place, Table};

/// A table that is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Live {
    /// Its schema, where there are any.
    pub(super) schema: Option<String>,
    pub(super) name: String,
    /// Whether it is a view, which has no keys of its own.
    pub(super) view: bool,
    pub(super) columns: Vec<LiveColumn>,
    pub(super) indexes: Vec<LiveIndex>,
    pub(super) foreign_keys: Vec<LiveForeignKey>,
    /// Whether a trigger may fill columns of new rows.
    pub(super) triggers: bool,
    /// Indexes and triggers, which are gone when the table is made anew: the name and the SQL.
    pub(super) belongings: Vec<(String, String)>,
    /// Conditions that its rows must meet, as SQL, where a new table needs to be told.
    pub(super) checks: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct LiveColumn {
    pub(super) name: String,
    /// As it is written in SQL.
    pub(super) sql_type: String,
    pub(super) nullable: bool,
    /// Whether the database fills it.
    pub(super) filled: bool,
    /// The default, where it can be known.
    pub(super) default: Option<String>,
    /// Whether the database computes it, and nothing writes it.
    pub(super) generated: bool,
    /// All that is said of it, as SQL, where a new table needs to be told.
    pub(super) written: String,
    /// What the column does to values, or to comparisons of them, if it does not keep them as they are given.
    pub(super) changes: Option<Change>,
    /// PostgreSQL's number of the type.
    #[cfg(feature = "postgres")]
    pub(super) type_id: u32,
}

/// Why what is stored is not what was given, or is not compared as that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "postgres"),
    expect(dead_code, reason = "types of PostgreSQL's")
)]
pub(super) enum Change {
    /// It keeps another value, or takes other values for equal: it does this.
    Value(&'static str),
    /// It does this, too, but not where it is compared with a parameter that is a text.
    Text(&'static str),
    /// Its values cannot be compared at all.
    NoEquality,
    /// How its values are compared is not found by those who do not name the schema of that.
    Unseen,
}

#[derive(Clone, Debug)]
pub(super) struct LiveIndex {
    pub(super) name: String,
    /// The names of the columns; empty for an expression.
    pub(super) columns: Vec<String>,
    /// The same as SQL, with expressions.
    pub(super) parts: Vec<String>,
    pub(super) unique: bool,
    pub(super) primary: bool,
    /// Whether it is there for a constraint.
    pub(super) constraint: bool,
    /// Whether it is of all rows.
    pub(super) whole: bool,
    /// Whether it may be looked at as late as at the end of a transaction.
    pub(super) deferrable: bool,
    /// The condition that says of which rows it is.
    pub(super) condition: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct LiveForeignKey {
    /// SQLite does not tell.
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) schema: Option<String>,
    pub(super) table: String,
    pub(super) referred: Vec<String>,
    /// What it says behind the columns, as SQL: what happens when the row is removed.
    pub(super) actions: String,
    /// Whether the removal of the row sets all of its columns to NULL.
    pub(super) nulls_all: bool,
    /// Whether the rows that were there before were looked at.
    pub(super) valid: bool,
}

/// Whether a column of the models fits one that is there.
pub(super) type Fits<'a> = &'a (dyn Fn(&Column, &LiveColumn) -> bool + Sync);

/// A table of the models, and the one that is there.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) table: &'a Table,
    pub(super) live: &'a Live,
    /// For people.
    pub(super) shown: &'a str,
}

impl Live {
    pub(super) fn column(&self, name: &str) -> Option<&LiveColumn> {
        self.columns.iter().find(|column| same(&column.name, name))
    }

    /// Unique keys of all rows.
    pub(super) fn unique(&self) -> impl Iterator<Item = &LiveIndex> {
        self.indexes
            .iter()
            .filter(|index| index.unique && index.whole)
    }

    /// Whether these columns together are unique.
    pub(super) fn is_unique(&self, columns: &[&str]) -> bool {
        self.unique().any(|index| same_set(&index.columns, columns))
    }

    /// Whether rows are found by these columns.
    pub(super) fn leads(&self, columns: &[&str]) -> bool {
        let indexes = self.indexes.iter().filter(|index| index.whole);
        indexes
            .filter(|index| index.columns.len() >= columns.len())
            .any(|index| {
                index
                    .columns
                    .iter()
                    .zip(columns)
                    .all(|(there, wanted)| same(there, wanted))
            })
    }
}

impl LiveForeignKey {
    /// The column of the other table that `column` is compared with.
    pub(super) fn referred_by(&self, column: &str) -> Option<&str> {
        let at = self.columns.iter().position(|name| same(name, column))?;
        self.referred.get(at).map(String::as_str)
    }

    pub(super) fn refers_to(&self, table: &str, schema: Option<&str>) -> bool {
        same(&self.table, table) && (schema.is_none() || self.schema.as_deref() == schema)
    }
}

/// Whether two names are the same, as statements of the library write them: in quotes. (SQLite does not tell
/// capitals from other letters; what is there has the models' spelling then.)
pub(super) fn same(one: &str, other: &str) -> bool {
    one == other
}

pub(super) fn same_set(one: &[String], other: &[&str]) -> bool {
    one.len() == other.len()
        && other
            .iter()
            .all(|name| one.iter().any(|there| same(there, name)))
}

/// The schema of a table of this place, seen from a table that is there.
pub(super) fn schema_of<'a>(
    place: Place,
    own: Option<&'a str>,
    shared: Option<&'a str>,
) -> Option<&'a str> {
    match place {
        Place::Shared | Place::Database => shared,
        Place::Schema => own,
    }
}
