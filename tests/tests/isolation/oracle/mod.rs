//! What the database should hold and answer, in plain Rust: written from the documentation of the
//! library and of SQL, sharing no code with the library.

mod constraint;
mod evaluate;
mod pattern;
mod read;
mod write;

use uuid::Uuid;

use crate::schema::{Table, Val};
use crate::statement::Failure;

pub(crate) use read::{Expected, Window};
pub(crate) use write::{Effect, Made};

/// A row, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Record {
    pub(crate) tenant: Uuid,
    /// The values of the model's fields.
    pub(crate) values: Vec<Val>,
}

/// All rows of all tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    tables: [Vec<Record>; Table::ALL.len()],
}

/// What a program may be told about a failure: one of several, where a statement violates several
/// constraints and the databases are free to find either first.
#[derive(Clone, Debug)]
pub(crate) struct Fails {
    pub(crate) with: Vec<Failure>,
    /// Whether the database reports it, which ends a transaction on some databases.
    pub(crate) database: bool,
}

impl State {
    pub(crate) fn rows(&self, table: Table) -> &[Record] {
        &self.tables[table as usize]
    }

    pub(crate) fn rows_mut(&mut self, table: Table) -> &mut Vec<Record> {
        &mut self.tables[table as usize]
    }

    /// The rows of a table that a tenant may see.
    pub(crate) fn visible(&self, table: Table, tenant: Uuid) -> impl Iterator<Item = &Record> {
        self.rows(table)
            .iter()
            .filter(move |record| table.global() || record.tenant == tenant)
    }

    /// The same state with the rows of every table in one order.
    pub(crate) fn sorted(mut self) -> Self {
        for table in &mut self.tables {
            table.sort();
        }
        self
    }

    pub(crate) fn len(&self) -> usize {
        self.tables.iter().map(Vec::len).sum()
    }
}
