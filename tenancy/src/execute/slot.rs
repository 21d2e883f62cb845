//! The connection of a transaction, lent to one statement at a time.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use sqlx::pool::PoolConnection;

use crate::backend::Backend;
use crate::{Error, Result};

/// Holds the connection of a transaction while no statement uses it.
pub(crate) struct Slot<DB: Backend> {
    connection: Mutex<Option<PoolConnection<DB>>>,
    level: AtomicU8,
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
}

impl<DB: Backend> Slot<DB> {
    pub(crate) fn new(connection: PoolConnection<DB>) -> Self {
        Self {
            connection: Mutex::new(Some(connection)),
            level: AtomicU8::new(Level::Open as u8),
        }
    }

    /// What became of the transaction or savepoint.
    pub(crate) fn level(&self) -> Level {
        match self.level.load(Ordering::Relaxed) {
            0 => Level::Open,
            1 => Level::Failed,
            _ => Level::Ended,
        }
    }

    pub(crate) fn set_level(&self, level: Level) {
        self.level.store(level as u8, Ordering::Relaxed);
    }

    /// Refuses to go on in a level whose work is lost: what follows might run outside of any
    /// transaction, and last.
    pub(crate) fn check(&self) -> Result<()> {
        match self.level() {
            Level::Open => Ok(()),
            Level::Failed | Level::Ended => Err(Error::RolledBack),
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

    /// Lends the connection until the guard is dropped.
    pub(crate) fn lend(&self) -> Result<Lent<'_, DB>> {
        self.check()?;
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .ok_or(Error::TransactionInUse)?;
        Ok(Lent {
            slot: self,
            connection: Some(connection),
        })
    }
}

/// A lent connection; comes back when dropped, also in the middle of a statement (the driver reads
/// what is left of it before the next one).
pub(crate) struct Lent<'e, DB: Backend> {
    slot: &'e Slot<DB>,
    connection: Option<PoolConnection<DB>>,
}

impl<DB: Backend> Lent<'_, DB> {
    pub(crate) fn connection(&mut self) -> &mut PoolConnection<DB> {
        self.connection
            .as_mut()
            .expect("a lent connection is there until it is dropped")
    }

    /// Notes the result of a statement: some databases give up the transaction with it.
    pub(crate) fn note<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        if DB::ERROR_ABORTS && matches!(result, Err(sqlx::Error::Database(_))) {
            self.slot.set_level(Level::Failed);
        }
        result
    }
}

impl<DB: Backend> Drop for Lent<'_, DB> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.slot.put_back(connection);
        }
    }
}
