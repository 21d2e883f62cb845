//! Rows: what was read on a tenant, and what is left of it elsewhere.

pub(crate) mod detached;
pub(crate) mod key;
pub(crate) mod scoped;
