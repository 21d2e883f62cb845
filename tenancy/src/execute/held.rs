//! The connection that one statement runs on.

use crate::backend::{Backend, Step};
use crate::error::{Error, Result};
use crate::execute::context::Context;
use crate::execute::slot::Lent;
use crate::model::contract::TenantRoot;
use crate::pool::connection::PoolConnection;
use crate::pool::failed::Failed;
use sqlx::{Either, SqlStr};
use std::future::poll_fn;

use sqlx_core::transaction::TransactionManager as _;

type Manager<DB> = <DB as sqlx::Database>::TransactionManager;

/// A connection of the pool or of a transaction, for the length of a statement.
pub(crate) enum Held<'e, DB: Backend> {
    Pooled {
        connection: PoolConnection<DB>,
        /// Whether a transaction was begun for the statement, because it needs one.
        transacts: bool,
    },
    Lent(Lent<'e, DB>),
}

impl<'e, DB: Backend> Held<'e, DB> {
    /// To be called when the statement's future is polled: one that only waits to be awaited is in
    /// nobody's way.
    ///
    /// With `reads` it is for a read that comes to its end by itself, as streams do not.
    pub(crate) async fn take<R>(context: Context<'e, R>, reads: bool) -> Result<Self, Failed>
    where
        R: TenantRoot<Database = DB>,
    {
        match Self::begun(context, reads).await {
            // Of what tells the database the tenant.
            Err(Failed::Outdated(_)) => Self::begun(context, reads).await,
            taken => taken,
        }
    }

    async fn begun<R>(context: Context<'e, R>, reads: bool) -> Result<Self, Failed>
    where
        R: TenantRoot<Database = DB>,
    {
        let mut held = Self::take_bare(context).await?;
        if let Self::Pooled {
            connection,
            transacts,
        } = &mut held
            && context.transacts()
        {
            // Dropped from here on, the connection is cleaned: what was begun is rolled back.
            context.begin(connection, reads).await?;
            *transacts = true;
        }
        Ok(held)
    }

    /// The same, for whoever begins a transaction.
    pub(crate) async fn take_bare<R>(context: Context<'e, R>) -> Result<Self>
    where
        R: TenantRoot<Database = DB>,
    {
        match context.slot {
            None => Ok(Self::Pooled {
                connection: context.borrow().await?,
                transacts: false,
            }),
            Some(slot) if slot.place() == context.place => Ok(Self::Lent(slot.lend().await?)),
            Some(_) => Err(Error::OtherDatabase),
        }
    }

    pub(crate) fn connection(&mut self) -> &mut PoolConnection<DB> {
        match self {
            Self::Pooled { connection, .. } => connection,
            Self::Lent(lent) => lent.connection(),
        }
    }

    /// Notes the error of a statement: it may have taken a transaction along, or the connection.
    pub(crate) async fn note(&mut self, error: sqlx::Error) -> Failed {
        if let Self::Lent(lent) = self {
            lent.note(&error).await;
        }
        self.connection().failed(error)
    }

    /// The same, or another one if that is outdated, for the statement to run once more.
    pub(crate) async fn renew<R>(self, context: Context<'e, R>, reads: bool) -> Result<Self, Failed>
    where
        R: TenantRoot<Database = DB>,
    {
        match self {
            Self::Pooled {
                mut connection,
                transacts,
            } if connection.learns() => {
                if transacts {
                    let patience = connection.patience();
                    let ended = patience
                        .with(Manager::<DB>::rollback(&mut connection))
                        .await;
                    ended.map_err(|error| connection.failed(error))?;
                }
                context.begin(&mut connection, reads).await?;
                Ok(Self::Pooled {
                    connection,
                    transacts: true,
                })
            }
            held => {
                drop(held);
                Self::take(context, reads).await
            }
        }
    }

    /// The statement came to its end. If a transaction was begun for it, that ends, too; at once, unless it was taken
    /// for a read, as is said here again.
    pub(crate) async fn finish(self, reads: bool) -> Result<(), sqlx::Error> {
        match self {
            Self::Pooled {
                mut connection,
                transacts,
            } => {
                if transacts && !(reads && connection.linger()) {
                    let patience = connection.patience();
                    let committed = patience.with(Manager::<DB>::commit(&mut connection)).await;
                    if let Err(error) = committed {
                        connection.noted(&error);
                        return Err(error);
                    }
                }
                connection.finished();
            }
            Self::Lent(lent) => lent.finish(),
        }
        Ok(())
    }

    /// Runs a statement to its end.
    pub(crate) async fn run(
        &mut self,
        sql: SqlStr,
        arguments: DB::Arguments,
        mut each: impl FnMut(Step<DB>) -> Result<(), sqlx::Error>,
    ) -> Result<(), sqlx::Error> {
        let patience = self.connection().patience();
        let mut steps = self.connection().steps(sql, arguments);
        let to_the_end = async {
            while let Some(step) = poll_fn(|task| steps.as_mut().poll_next(task)).await {
                each(step?)?;
            }
            Ok(())
        };
        patience.with(to_the_end).await
    }

    /// The first row of a statement, and whether the statement came to its end with it.
    pub(crate) async fn first(
        &mut self,
        sql: SqlStr,
        arguments: DB::Arguments,
    ) -> Result<(Option<DB::Row>, bool), sqlx::Error> {
        // Its transaction has to be committed, and with it what the statement wrote: that takes its end.
        let to_the_end = matches!(
            self,
            Self::Pooled {
                transacts: true,
                ..
            }
        );
        let patience = self.connection().patience();
        let mut steps = self.connection().steps(sql, arguments);
        let first = async {
            let mut first = None;
            while let Some(step) = poll_fn(|task| steps.as_mut().poll_next(task)).await {
                if let Either::Right(row) = step? {
                    if first.is_some() && !to_the_end {
                        return Ok((first, false));
                    }
                    first.get_or_insert(row);
                }
            }
            Ok((first, true))
        };
        patience.with(first).await
    }
}
