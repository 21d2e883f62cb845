//! Execution: from a finished statement to rows.

mod future;
mod slot;
mod statement;

pub use future::{
    Count, Execute, ExecuteOne, Exists, FetchAll, FetchOne, FetchOptional, Rows, Verify,
};
pub(crate) use future::Zero;
pub(crate) use slot::Slot;
pub(crate) use statement::{Context, Statement};
