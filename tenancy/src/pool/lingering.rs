//! Transactions of reads that came to their end, and are ended later.
//!
//! With row-level security each read runs in a transaction. To end it at once takes a round trip that nobody needs:
//! the next statement on the connection can end it while it begins its own (`COMMIT AND CHAIN`), and if none comes
//! for some milliseconds, a task does. Until then the connection is idle in the pool, and nothing else runs on it:
//! [`Pool::acquire`](super::Pool::acquire) ends the transaction first, and only whoever begins one takes the
//! connection as it is.
//!
//! A program that blocks its runtime, is stopped, or loses its network runs no task. Then the server ends the
//! transaction, and the connection with it: changes of the tables' definitions wait for its locks, and whatever comes
//! after them waits for these. The session is told once, by its first read; transactions of any other kind, which may
//! be idle for as long as the program wants, take that back for themselves.

use crate::backend::Backend;
use crate::pool::connection::PoolConnection;
use crate::pool::idle::Idle;
use crate::pool::seat::{Permit, Seat};
use crate::pool::{Inner, Live, TEST_TIMEOUT};
use sqlx::SqlStr;
use std::io::ErrorKind;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use sqlx_core::transaction::TransactionManager as _;

/// How long a transaction of a read may be left open, more or less. It holds locks that only changes of the tables'
/// definitions wait for.
const LONGEST: Duration = Duration::from_millis(5);

/// The same, for a program that does nothing at all. Less would end sessions of programs that are merely slow between
/// the beginning of a read and the read.
const LONGEST_BY_SERVER: Duration = Duration::from_secs(10);

/// Ends the transaction that is left open on a connection and begins another one.
macro_rules! chain {
    () => {
        "COMMIT AND CHAIN"
    };
}

/// Lets the server end transactions of the session in which nothing happens.
macro_rules! bound {
    () => {
        "; SET idle_in_transaction_session_timeout TO '10s'"
    };
}

/// Leaves it to the role and the database again, for this transaction.
macro_rules! unbound {
    () => {
        "; SET LOCAL idle_in_transaction_session_timeout TO DEFAULT"
    };
}

/// How a transaction begins on a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginning {
    pub(crate) sql: &'static str,
    /// Whether it ends the one that was left open.
    pub(crate) chained: bool,
    /// Whether the server ends transactions of the session in which nothing happens, from then on.
    bounds: bool,
}

/// Whether the transactions of reads can be ended later on a connection: not if they are serializable, since the
/// end may say then that what was read is not to be relied on.
pub(super) const CAN_LINGER: SqlStr = SqlStr::from_static(
    "SELECT pg_catalog.current_setting('default_transaction_isolation') <> 'serializable'",
);

impl<DB: Backend> PoolConnection<DB> {
    /// How the next transaction begins. With `reads` it is one of a read that comes to its end by itself, and may be
    /// left open then.
    pub(crate) fn beginning(&self, reads: bool) -> Beginning {
        let live = self.live();
        let (chained, bounded) = (live.lingering, live.bounded);
        let bounds = reads && live.lingers;
        let sql = match (chained, bounds, bounded) {
            (false, true, false) => concat!("BEGIN", bound!()),
            (true, true, false) => concat!(chain!(), bound!()),
            (false, false, true) => concat!("BEGIN", unbound!()),
            (true, false, true) => concat!(chain!(), unbound!()),
            (true, ..) => chain!(),
            (false, ..) => DB::BEGIN,
        };
        Beginning {
            sql,
            chained,
            bounds,
        }
    }

    /// Another transaction takes the place of the one that was left open, if there is one.
    pub(crate) fn begins(&mut self) {
        self.live_mut().lingering = false;
    }

    /// It has begun.
    pub(crate) fn begun(&mut self, as_said: Beginning) {
        self.live_mut().bounded |= as_said.bounds;
    }

    /// Leaves the transaction of a read open that came to its end, if that may be. The connection is not used any
    /// more, but by the pool.
    pub(crate) fn linger(&mut self) -> bool {
        let live = self.live_mut();
        live.lingering = live.bounded && tokio::runtime::Handle::try_current().is_ok();
        live.lingering
    }

    /// Ends the transaction that was left open, if there is one. `None`: it could not be, and is closed.
    pub(super) async fn settled(mut self) -> Option<Self> {
        match self.live_mut().settle().await {
            Ok(()) => Some(self),
            Err(_) => {
                self.discard();
                None
            }
        }
    }
}

impl<DB: Backend> Idle<DB> {
    /// Whether a transaction is left open on it that the server may have ended by now.
    pub(super) fn lingers_long(&self) -> bool {
        self.live.lingering && self.since.elapsed() > LONGEST_BY_SERVER / 2
    }
}

impl<DB: Backend> Live<DB> {
    /// Ends the transaction that a read left open, if there is one.
    pub(super) async fn settle(&mut self) -> Result<(), sqlx::Error> {
        if self.lingering {
            let ended = DB::TransactionManager::commit(&mut self.connection);
            let ended = tokio::time::timeout(TEST_TIMEOUT, ended).await;
            ended.map_err(|_| sqlx::Error::Io(ErrorKind::TimedOut.into()))??;
            self.lingering = false;
        }
        Ok(())
    }
}

/// Ends transactions that were left open and that no statement ended, as long as there are any. There is one at
/// most; see [`Reaper`](super::reaper::Reaper) for how it comes and goes.
pub(super) struct Settler<DB: Backend> {
    pool: Weak<Inner<DB>>,
}

impl<DB: Backend> Settler<DB> {
    /// Starts one, unless there is one already.
    pub(super) fn start(pool: &Arc<Inner<DB>>) {
        if pool.settling.load(Ordering::Relaxed) || pool.settling.swap(true, Ordering::Relaxed) {
            return;
        }
        let settler = Self {
            pool: Arc::downgrade(pool),
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(settler.run());
        }
    }

    async fn run(self) {
        loop {
            tokio::time::sleep(LONGEST).await;
            let Some(pool) = self.pool.upgrade() else {
                return;
            };
            {
                let state = pool.state();
                if !state.lingers() {
                    // While nothing can come back: it would believe that there is one still.
                    drop(self);
                    return;
                }
            }
            // As a borrower, and one after the other: whoever needs a connection meanwhile finds the others.
            while let Ok(Some(permit)) = Permit::try_take(&pool) {
                let Some(mut idle) = pool.state().take_lingering(LONGEST) else {
                    break;
                };
                let seat = Seat::new(permit);
                if idle.live.settle().await.is_err() {
                    seat.broken();
                } else if let Err((_seat, live)) = seat.put_back(idle.live) {
                    live.close().await;
                }
            }
        }
    }
}

impl<DB: Backend> Drop for Settler<DB> {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.settling.store(false, Ordering::Relaxed);
        }
    }
}
