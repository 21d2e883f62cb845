//! The connection that one statement runs on.

use std::future::poll_fn;

use sqlx::{Either, SqlStr};

use super::slot::{Lent, Slot};
use crate::Result;
use crate::backend::{Backend, Step};
use crate::db::Db;
use crate::pool::PoolConnection;

/// A connection of the pool or of a transaction, for the length of a statement.
pub(super) enum Held<'e, DB: Backend> {
    Pooled(PoolConnection<DB>),
    Lent(Lent<'e, DB>),
}

impl<'e, DB: Backend> Held<'e, DB> {
    /// To be called when the statement's future is polled: one that only waits to be awaited is in
    /// nobody's way.
    pub(super) async fn take(db: &Db<DB>, slot: Option<&'e Slot<DB>>) -> Result<Self> {
        match slot {
            None => Ok(Self::Pooled(db.borrow().await?)),
            Some(slot) => Ok(Self::Lent(slot.lend().await?)),
        }
    }

    pub(super) fn connection(&mut self) -> &mut PoolConnection<DB> {
        match self {
            Self::Pooled(connection) => connection,
            Self::Lent(lent) => lent.connection(),
        }
    }

    /// Notes the error of a statement: it may have taken a transaction along, or the connection.
    pub(super) async fn note(&mut self, error: sqlx::Error) -> sqlx::Error {
        self.connection().failed(&error);
        match self {
            Self::Pooled(_) => error,
            Self::Lent(lent) => lent.note(error).await,
        }
    }

    /// The statement came to its end.
    pub(super) fn finish(self) {
        match self {
            Self::Pooled(mut connection) => connection.finished(),
            Self::Lent(lent) => lent.finish(),
        }
    }

    /// Runs a statement to its end.
    pub(super) async fn run(
        &mut self,
        sql: SqlStr,
        arguments: DB::Arguments,
        mut each: impl FnMut(Step<DB>) -> Result<(), sqlx::Error>,
    ) -> Result<(), sqlx::Error> {
        let mut steps = DB::fetch_many(self.connection(), sql, arguments);
        while let Some(step) = poll_fn(|task| steps.as_mut().poll_next(task)).await {
            each(step?)?;
        }
        Ok(())
    }

    /// The first row of a statement, and whether the statement came to its end with it.
    pub(super) async fn first(
        &mut self,
        sql: SqlStr,
        arguments: DB::Arguments,
    ) -> Result<(Option<DB::Row>, bool), sqlx::Error> {
        let mut steps = DB::fetch_many(self.connection(), sql, arguments);
        let mut first = None;
        while let Some(step) = poll_fn(|task| steps.as_mut().poll_next(task)).await {
            if let Either::Right(row) = step? {
                if first.is_some() {
                    return Ok((first, false));
                }
                first = Some(row);
            }
        }
        Ok((first, true))
    }
}
