//! Rows of statements, and those of them that cannot be read.

use crate::error::reported::Details;
use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::operation::Operation;
use crate::model::contract::{Model, RowOf, TenantRoot};
use crate::model::identity::Identity;
use crate::row::scoped::Scoped;

/// What is known of the rows that a statement gives, and what it means if one cannot be read.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    database: Identity,
    details: Details,
    /// Whether the statement had its effect all the same.
    written: bool,
}

impl Reading {
    /// Of no rows.
    pub(crate) fn nothing() -> Self {
        Self {
            database: Identity::NONE,
            details: Details::default(),
            written: false,
        }
    }

    pub(crate) fn decode<'t, M: Model>(self, row: &RowOf<M>) -> Result<Scoped<'t, M>> {
        Scoped::decode(row, self.database).map_err(|error| self.error(error))
    }

    pub(crate) fn error(self, error: sqlx::Error) -> Error {
        let error = Error::reported(error, self.details);
        if self.written { error.written() } else { error }
    }
}

impl<R: TenantRoot> Context<'_, R> {
    /// For the rows of a statement that has come to its end.
    pub(crate) fn reading(&self, operation: Operation) -> Reading {
        Reading {
            database: self.db.identity(),
            details: self.db.pool.details(),
            written: operation.writes(),
        }
    }
}
