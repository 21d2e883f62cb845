//! The task that closes connections that nobody uses.

use crate::backend::Backend;
use crate::pool::Inner;
use crate::pool::seat::{Permit, Seat};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How long it waits if it could close none.
const PAUSE: Duration = Duration::from_secs(1);

/// Closes connections that nobody used for too long, as long as there are any. There is one at most.
///
/// Its task may end at any time, with its runtime or by a panic. Whichever way it does, this is dropped, and the
/// next connection that comes back starts another one.
pub(super) struct Reaper<DB: Backend> {
    pool: Weak<Inner<DB>>,
    timeout: Duration,
}

impl<DB: Backend> Reaper<DB> {
    /// Starts one, unless there is one already, or no need of any.
    pub(super) fn start(pool: &Arc<Inner<DB>>) {
        let Some(timeout) = pool.limits.idle_timeout else {
            return;
        };
        if pool.reaping.load(Ordering::Relaxed) || pool.reaping.swap(true, Ordering::Relaxed) {
            return;
        }
        let reaper = Self {
            pool: Arc::downgrade(pool),
            timeout,
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(reaper.run());
        }
    }

    async fn run(self) {
        let mut pause = Duration::ZERO;
        loop {
            let Some(pool) = self.pool.upgrade() else {
                return;
            };
            let longest = {
                let state = pool.state();
                let Some(longest) = state.longest() else {
                    // While nothing can come back: it would believe that there is one still.
                    drop(self);
                    return;
                };
                longest
            };
            drop(pool);
            // Whoever could close nothing the last time tries again a little later.
            let wait = self.timeout.saturating_sub(longest.elapsed()).max(pause);
            tokio::time::sleep(wait).await;
            let Some(pool) = self.pool.upgrade() else {
                return;
            };
            pause = PAUSE;
            // As a borrower: what is being closed is no connection that another one could find.
            while let Ok(Some(permit)) = Permit::try_take(&pool) {
                pause = Duration::ZERO;
                let Some(idle) = pool.state().take_expired(self.timeout) else {
                    break;
                };
                let _seat = Seat::new(permit);
                idle.live.close().await;
            }
        }
    }
}

impl<DB: Backend> Drop for Reaper<DB> {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.reaping.store(false, Ordering::Relaxed);
        }
    }
}
