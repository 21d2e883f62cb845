//! Statements as plain data: what random programs are made of.

use uuid::Uuid;

use crate::condition::Cond;
use crate::oracle::Window;
use crate::schema::{Table, Val};

/// Which rows a statement is about, and how that is said.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    /// What it means.
    pub(crate) cond: Option<Cond>,
    /// How it is written.
    pub(crate) shape: Shape,
}

#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Unfiltered,
    /// A condition without its type, whose text is made at run time.
    Boxed,
    /// A statically known query with random parameters.
    Fixed(usize, Params),
    /// `find`
    Key(Val),
    /// `find_many`
    Keys(Vec<Val>),
}

/// The parameters of statically known queries.
#[derive(Clone, Debug)]
pub(crate) struct Params {
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) m: i64,
    pub(crate) n: i64,
    pub(crate) id: Uuid,
    pub(crate) other: Uuid,
    pub(crate) admin: bool,
    pub(crate) flag: bool,
    pub(crate) texts: Vec<String>,
    pub(crate) ids: Vec<Uuid>,
    pub(crate) numbers: Vec<i64>,
}

/// In which form a read is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fetch {
    All,
    One,
    Optional,
    /// As a stream, which is dropped after so many rows.
    Stream(Option<usize>),
    LockedAll,
    LockedOne,
    LockedOptional,
}

#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) table: Table,
    pub(crate) filter: Filter,
    /// Which of the orderings of the table.
    pub(crate) order: usize,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
    /// What these three mean.
    pub(crate) window: Window,
    pub(crate) fetch: Fetch,
}

/// What a foreign key is set to.
#[derive(Clone, Debug)]
pub(crate) enum Reference {
    None,
    /// A row that was read: which one of the session's, and its key.
    Row(usize, Uuid),
    /// An id that the statement has to prove.
    ById(Uuid),
}

/// What a column is set to.
#[derive(Clone, Debug)]
pub(crate) enum Assign {
    Value(Val),
    Column(usize),
    /// A column and what is added to it.
    Plus(usize, i64),
    Reference(Reference),
}

/// Assignments to columns.
pub(crate) type Assigns = Vec<(usize, Assign)>;

/// Assignments of an update, and how they are written.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) assigns: Assigns,
    pub(crate) style: Style,
}

#[derive(Clone, Debug)]
pub(crate) enum Style {
    /// A statically known list of assignments with random values.
    Fixed(usize, Values),
    /// `Changes`, collected at run time.
    Collected,
    /// A struct with `#[derive(Changes)]`.
    Derived,
}

/// The values of statically known assignments.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    pub(crate) a: String,
    pub(crate) maybe: Option<String>,
    pub(crate) m: i64,
    pub(crate) maybe_m: Option<i64>,
    pub(crate) admin: bool,
    pub(crate) flag: bool,
    pub(crate) user: Reference,
    pub(crate) maybe_user: Reference,
    pub(crate) document: Reference,
}

#[derive(Clone, Debug)]
pub(crate) enum Statement {
    Read(Read),
    Count(Table, Filter),
    Exists(Table, Filter),
    /// None, one or many rows.
    CreateMany {
        table: Table,
        rows: Vec<Assigns>,
        fetch: bool,
    },
    Create {
        table: Table,
        /// Possibly with a key, and with a value for a column that has a default.
        row: Assigns,
        fetch: bool,
    },
    Upsert {
        table: Table,
        row: Assigns,
        fetch: bool,
    },
    Update {
        table: Table,
        /// Which of the rows that were read.
        row: usize,
        change: Change,
        fetch: bool,
    },
    UpdateWhere {
        table: Table,
        filter: Filter,
        change: Change,
        fetch: bool,
    },
    Destroy {
        table: Table,
        row: usize,
        fetch: bool,
    },
    DestroyWhere {
        table: Table,
        filter: Filter,
        fetch: bool,
    },
}

impl Statement {
    pub(crate) fn table(&self) -> Table {
        match self {
            Self::Read(read) => read.table,
            Self::Count(table, _)
            | Self::Exists(table, _)
            | Self::CreateMany { table, .. }
            | Self::Create { table, .. }
            | Self::Upsert { table, .. }
            | Self::Update { table, .. }
            | Self::UpdateWhere { table, .. }
            | Self::Destroy { table, .. }
            | Self::DestroyWhere { table, .. } => *table,
        }
    }

    pub(crate) fn writes(&self) -> bool {
        !matches!(self, Self::Read(_) | Self::Count(..) | Self::Exists(..))
    }
}

/// What a statement gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Rows(Vec<Vec<Val>>),
    Number(u64),
    Flag(bool),
    Done,
    Failed(Failure),
}

/// The errors of the library, without what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failure {
    NotFound,
    Stale,
    Conflict,
    InvalidReference,
    StillReferenced,
    InvalidValue,
    TenantUnavailable,
    TransactionInUse,
    RolledBack,
    /// The transaction is on another database than the rows.
    OtherDatabase,
    /// Any other error of the database.
    Database,
    /// An error that no program here may meet.
    Unexpected,
}
