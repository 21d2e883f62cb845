//! Execution: from a finished statement to rows.

mod discreet;
mod future;
mod held;
mod operation;
mod own;
mod slot;
mod statement;

pub(crate) use discreet::discreet;
#[cfg(feature = "postgres")]
pub(crate) use discreet::of_postgres;
pub(crate) use future::Zero;
pub use future::{
    Count, Execute, ExecuteOne, Exists, FetchAll, FetchOne, FetchOptional, Rows, Verify,
};
pub(crate) use operation::Operation;
pub(crate) use slot::{Level, Slot};
pub(crate) use statement::{Context, Pending, Statement};
