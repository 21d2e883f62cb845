//! What is measured.

/// Who wrote the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// This library.
    Scoped,
    /// Hand-written sqlx.
    ByHand,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Plain(Plain),
    Policied(Policied),
}

/// Operations of whoever has the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    Read,
    List,
    Insert,
    Update,
    Delete,
    Bulk,
    /// As `Bulk`; by hand in the way that only PostgreSQL has.
    Unnest,
    Dynamic,
}

/// Operations that policies narrow: of an author, on documents of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policied {
    Read,
    List,
    Insert,
    /// As `Insert`; by hand the author is compared in Rust, which this library leaves to the statement.
    InsertInRust,
    Update,
    /// A read of someone who may read everything.
    Admin,
}

pub(crate) const OPERATIONS: [(&str, Operation); 14] = [
    ("read", Operation::Plain(Plain::Read)),
    ("list", Operation::Plain(Plain::List)),
    ("insert", Operation::Plain(Plain::Insert)),
    ("update", Operation::Plain(Plain::Update)),
    ("delete", Operation::Plain(Plain::Delete)),
    ("bulk", Operation::Plain(Plain::Bulk)),
    ("unnest", Operation::Plain(Plain::Unnest)),
    ("dynamic", Operation::Plain(Plain::Dynamic)),
    ("own-read", Operation::Policied(Policied::Read)),
    ("own-list", Operation::Policied(Policied::List)),
    ("own-insert", Operation::Policied(Policied::Insert)),
    (
        "own-insert-in-rust",
        Operation::Policied(Policied::InsertInRust),
    ),
    ("own-update", Operation::Policied(Policied::Update)),
    ("admin-read", Operation::Policied(Policied::Admin)),
];
