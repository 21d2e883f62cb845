//! Rows that cannot be read.

use super::context::Context;
use super::operation::Operation;
use crate::Error;
use crate::error::Details;
use crate::model::TenantRoot;

/// What it means if a row that a statement gave cannot be read.
#[derive(Clone, Copy, Default)]
pub(super) struct Reading {
    details: Details,
    /// Whether the statement had its effect all the same.
    written: bool,
}

impl Reading {
    pub(super) fn error(self, error: sqlx::Error) -> Error {
        let error = Error::reported(error, self.details);
        if self.written { error.written() } else { error }
    }
}

impl<R: TenantRoot> Context<'_, R> {
    /// For the rows of a statement that has come to its end.
    pub(super) fn reading(&self, operation: Operation) -> Reading {
        Reading {
            details: self.db.pool.details(),
            written: operation.writes(),
        }
    }
}
