//! Statements: the texts in which the tenant's predicate stands, written by one function.

pub(crate) mod policied;
pub(crate) mod scope;
pub(crate) mod statement;
