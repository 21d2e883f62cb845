//! Transactions of reads that came to their end, and are ended later.
//!
//! With row-level security each read runs in a transaction. To end it at once takes a round trip that nobody needs:
//! the next statement on the connection can end it while it begins its own (`COMMIT AND CHAIN`), and if none comes
//! for some milliseconds, a task does. Until then the connection is idle in the pool, and nothing else runs on it:
//! [`Pool::acquire`](super::Pool::acquire) ends the transaction first, and only whoever begins one takes the
//! connection as it is.

use std::io::ErrorKind;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use sqlx::SqlStr;
use sqlx_core::transaction::TransactionManager as _;

use super::seat::{Permit, Seat};
use super::{Inner, Live, TEST_TIMEOUT};
use crate::backend::Backend;

/// How long a transaction of a read may be left open, more or less. It holds locks that only changes of the tables'
/// definitions wait for.
const LONGEST: Duration = Duration::from_millis(5);

/// Ends the transaction that is left open on a connection and begins another one.
pub(crate) const CHAIN: &str = "COMMIT AND CHAIN";

/// Whether the transactions of reads can be ended later on a connection: not if they are serializable, since the
/// end may say then that what was read is not to be relied on.
pub(super) const CAN_LINGER: SqlStr = SqlStr::from_static(
    "SELECT pg_catalog.current_setting('default_transaction_isolation') <> 'serializable'",
);

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
