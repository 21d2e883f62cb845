//! Execution: from a finished statement to rows.

pub(crate) mod context;
pub(crate) mod debug;
pub(crate) mod fetch;
pub(crate) mod held;
pub(crate) mod operation;
pub(crate) mod own;
pub(crate) mod reading;
pub(crate) mod scalar;
pub(crate) mod slot;
pub(crate) mod statement;
pub(crate) mod write;
pub(crate) mod zero;

pub use crate::execute::fetch::{FetchAll, FetchOne, FetchOptional, Rows};
pub use crate::execute::scalar::{Count, Exists};
pub use crate::execute::write::{Execute, ExecuteOne};
