//! A transaction of one operation's own.

use crate::backend::{Backend, Step};
use crate::error::Result;
use crate::execute::context::Context;
use crate::execute::held::Held;
use crate::execute::slot::{Level, Slot};
use crate::execute::statement::{Placed, Statement};
use crate::model::contract::{KeyOf, Model, TenantRoot};
use crate::model::id::Repr;
use crate::pool::failed::Failed;
use crate::pool::patience::is_given_up;
use sqlx::{Either, SqlStr};
use sqlx_core::transaction::TransactionManager as _;

type Manager<DB> = <DB as sqlx::Database>::TransactionManager;

/// How many rows are asked about in one statement.
const MOST: usize = 1000;

/// A transaction, or a savepoint in the one that the operation runs on, of which nothing is left unless it
/// is committed: not if it is dropped in the middle, either.
///
/// What is true of a [`TokenTransaction`](crate::TenantTransaction) that is begun inside of another is
/// true of this one, and each step here is one there.
pub(crate) struct Own<'e, DB: Backend> {
    /// There until the end.
    held: Option<Held<'e, DB>>,
    slot: Option<&'e Slot<DB>>,
    open: bool,
    /// Whether the database has ended it, and the driver believes that it is open.
    gone: bool,
}

impl<'e, DB: Backend> Own<'e, DB> {
    pub(crate) async fn begin<R>(context: Context<'e, R>) -> Result<Self, Failed>
    where
        R: TenantRoot<Database = DB>,
    {
        let slot = context.slot;
        let mut this = Self {
            held: Some(Held::take_bare(context).await?),
            slot,
            open: false,
            gone: false,
        };
        // Cancelled meanwhile, it may be the transaction around that the driver rolls back.
        if DB::SAVEPOINTS_HURT {
            this.around(Level::Ended);
        }
        let connection = this.held().connection();
        match slot {
            None => context.begin(connection, false).await?,
            Some(_) => {
                let patience = connection.patience();
                let begun = patience.with(Manager::<DB>::begin(connection, None)).await;
                begun.map_err(|error| connection.failed(error))?;
            }
        }
        if DB::SAVEPOINTS_HURT {
            this.around(Level::Open);
        }
        this.open = true;
        Ok(this)
    }

    /// Notes what becomes of the transaction around this one.
    fn around(&self, level: Level) {
        if let Some(slot) = self.slot {
            slot.set_level(level);
        }
    }

    fn held(&mut self) -> &mut Held<'e, DB> {
        self.held
            .as_mut()
            .expect("the connection is there until the end")
    }

    /// Runs a statement to its end.
    pub(crate) async fn run(
        &mut self,
        sql: SqlStr,
        arguments: DB::Arguments,
        each: impl FnMut(Step<DB>) -> Result<(), sqlx::Error>,
    ) -> Result<(), Failed> {
        let result = self.held().run(sql, arguments, each).await;
        let reported = matches!(result, Err(sqlx::Error::Database(_)));
        let result = result.map_err(|error| self.held().connection().failed(error));
        if reported && !DB::ERROR_ABORTS && DB::is_idle(self.held().connection()).await {
            // The database has ended the transaction, and the one around it.
            self.around(Level::Gone);
            self.open = false;
            self.gone = true;
        }
        result
    }

    /// Runs a statement that gives the keys of the rows that it wrote, and then others about these:
    /// whether they find all of them.
    pub(crate) async fn decide<M>(
        &mut self,
        Statement { sql, arguments }: Placed<DB>,
        mut ask: impl FnMut(&[KeyOf<M>]) -> Result<Placed<DB>>,
        mut each: impl FnMut(DB::Row) -> Result<(), sqlx::Error>,
    ) -> Result<bool, Failed>
    where
        M: Model<Root: TenantRoot<Database = DB>>,
    {
        let mut keys = Vec::new();
        let key = |step| {
            if let Either::Right(row) = step {
                keys.push(<KeyOf<M> as Repr>::get::<DB>(&row, 0)?);
            }
            Ok(())
        };
        self.run(sql, arguments, key).await?;
        let mut found = 0;
        for keys in keys.chunks(MOST) {
            let Statement { sql, arguments } = ask(keys)?;
            let count = |step| {
                if let Either::Right(row) = step {
                    found += 1;
                    each(row)?;
                }
                Ok(())
            };
            self.run(sql, arguments, count).await?;
        }
        Ok(found == keys.len())
    }

    /// Makes its work last; or part of the transaction around it.
    pub(crate) async fn commit(mut self) -> Result<(), sqlx::Error> {
        // Cancelled from here on, nobody knows whether the savepoint is released already, and with
        // that, whether rolling back would undo it or the transaction around it.
        self.around(Level::Failed);
        let connection = self.held().connection();
        let patience = connection.patience();
        let committed = patience.with(Manager::<DB>::commit(connection)).await;
        // Given up, it may be released or not, as if it had been cancelled.
        if !committed.as_ref().is_err_and(is_given_up) {
            self.around(Level::Open);
        }
        committed?;
        self.end().await
    }

    /// Undoes its work.
    pub(crate) async fn rollback(mut self) -> Result<(), sqlx::Error> {
        if self.open {
            let connection = self.held().connection();
            let patience = connection.patience();
            patience.with(Manager::<DB>::rollback(connection)).await?;
        }
        self.end().await
    }

    async fn end(&mut self) -> Result<(), sqlx::Error> {
        self.open = false;
        if let Some(held) = self.held.take()
            && !self.gone
        {
            held.finish(false).await?;
        }
        Ok(())
    }
}

impl<DB: Backend> Drop for Own<'_, DB> {
    fn drop(&mut self) {
        if self.open
            && let Some(held) = &mut self.held
        {
            Manager::<DB>::start_rollback(held.connection());
        }
    }
}
