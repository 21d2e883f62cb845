//! The connection of a transaction, lent to one statement at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use sqlx::pool::PoolConnection;

use crate::backend::Backend;
use crate::{Error, Result};

/// Holds the connection of a transaction while no statement uses it.
pub(crate) struct Slot<DB: Backend> {
    connection: Mutex<Option<PoolConnection<DB>>>,
    /// Whether a statement failed and took the transaction with it.
    failed: AtomicBool,
}

impl<DB: Backend> Slot<DB> {
    pub(crate) fn new(connection: PoolConnection<DB>) -> Self {
        Self {
            connection: Mutex::new(Some(connection)),
            failed: AtomicBool::new(false),
        }
    }

    /// Whether the database has given up the transaction.
    pub(crate) fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
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
            self.slot.failed.store(true, Ordering::Relaxed);
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
