//! The connection of a transaction, lent to one statement at a time.

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::execute::context::Which;
use crate::pool::connection::PoolConnection;
use crate::pool::patience::is_given_up;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

/// Holds the connection of a transaction while no statement uses it.
#[doc(hidden)]
pub struct Slot<DB: Backend> {
    connection: Mutex<Option<PoolConnection<DB>>>,
    level: AtomicU8,
    place: Which,
}

impl<DB: Backend> std::fmt::Debug for Slot<DB> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slot").finish_non_exhaustive()
    }
}

/// What became of a transaction or savepoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Level {
    /// Statements run in it.
    Open,
    /// A statement failed and took its work along; it has to be rolled back yet.
    Failed,
    /// The driver has rolled it back already.
    Ended,
    /// The database has ended the whole transaction, with all levels of it.
    Gone,
    /// A statement was cancelled, and its error may have ended the transaction: nobody has read it.
    Doubted,
}

impl<DB: Backend> Slot<DB> {
    pub(crate) fn new(connection: PoolConnection<DB>, place: Which) -> Self {
        Self {
            connection: Mutex::new(Some(connection)),
            level: AtomicU8::new(Level::Open as u8),
            place,
        }
    }

    /// Which database the transaction is on.
    pub(crate) fn place(&self) -> Which {
        self.place
    }

    /// What became of the transaction or savepoint.
    pub(crate) fn level(&self) -> Level {
        match self.level.load(Ordering::Relaxed) {
            0 => Level::Open,
            1 => Level::Failed,
            2 => Level::Ended,
            3 => Level::Gone,
            _ => Level::Doubted,
        }
    }

    pub(crate) fn set_level(&self, level: Level) {
        self.level.store(level as u8, Ordering::Relaxed);
    }

    /// Refuses to go on in a level whose work is lost: what follows might run outside of any
    /// transaction, and last.
    pub(crate) fn check(&self) -> Result<()> {
        match self.level() {
            Level::Open | Level::Doubted => Ok(()),
            Level::Failed | Level::Ended | Level::Gone => Err(Error::RolledBack),
        }
    }

    /// A slot whose connection was lent to a savepoint.
    pub(crate) fn take(&mut self) -> Option<PoolConnection<DB>> {
        self.connection
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    pub(crate) fn put_back(&self, connection: PoolConnection<DB>) {
        *self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(connection);
    }

    /// Asks the database what became of a transaction in which a statement was cancelled.
    async fn resolve(&self, connection: &mut PoolConnection<DB>) {
        if self.level() == Level::Doubted {
            let gone = DB::is_idle(connection).await;
            self.set_level(if gone { Level::Gone } else { Level::Open });
        }
    }

    /// Asks the database, before the transaction goes on as a whole.
    pub(crate) async fn settle(&self) -> Result<()> {
        if self.level() == Level::Doubted {
            self.lend().await?.finish();
        }
        Ok(())
    }

    /// Lends the connection until the guard is dropped.
    pub(crate) async fn lend(&self) -> Result<Lent<'_, DB>> {
        self.check()?;
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .ok_or(Error::TransactionInUse)?;
        let mut lent = Lent {
            slot: self,
            connection: Some(connection),
            finished: false,
        };
        self.resolve(lent.connection()).await;
        self.check()?;
        Ok(lent)
    }
}

/// A lent connection; comes back when dropped, also in the middle of a statement (the driver reads
/// what is left of it before the next one).
pub(crate) struct Lent<'e, DB: Backend> {
    slot: &'e Slot<DB>,
    connection: Option<PoolConnection<DB>>,
    /// Whether the statement came to its end, so that its error, if any, is known.
    finished: bool,
}

impl<DB: Backend> Lent<'_, DB> {
    /// The statement came to its end.
    pub(crate) fn finish(mut self) {
        self.finished = true;
    }

    pub(crate) fn connection(&mut self) -> &mut PoolConnection<DB> {
        self.connection
            .as_mut()
            .expect("a lent connection is there until it is dropped")
    }

    /// Notes the error of a statement: it may have taken the transaction along.
    pub(crate) async fn note(&mut self, error: &sqlx::Error) {
        if is_given_up(error) {
            // It may take effect yet, so what comes next is to undo it.
            self.slot.set_level(Level::Failed);
            return;
        }
        if matches!(error, sqlx::Error::Database(_)) {
            self.slot.set_level(Level::Failed);
            if !DB::ERROR_ABORTS {
                let gone = DB::is_idle(self.connection()).await;
                self.slot
                    .set_level(if gone { Level::Gone } else { Level::Open });
            }
        }
        self.finished = true;
    }
}

impl<DB: Backend> Drop for Lent<'_, DB> {
    fn drop(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            if !self.finished {
                connection.unfinished();
            }
            if !self.finished && !DB::ERROR_ABORTS && self.slot.level() == Level::Open {
                self.slot.set_level(Level::Doubted);
            }
            self.slot.put_back(connection);
        }
    }
}
