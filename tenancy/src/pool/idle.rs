//! The connections that nobody uses.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::seat::{Permit, Seat};
use super::{Inner, Live, Place};
use crate::backend::Backend;

/// A connection that nobody uses.
pub(super) struct Idle<DB: Backend> {
    pub(super) live: Live<DB>,
    pub(super) since: Instant,
}

/// What there is for a borrower who holds a permit.
pub(super) enum Found<DB: Backend> {
    /// A connection to the place.
    Idle(Idle<DB>),
    /// One may be opened.
    Room,
    /// One may be opened when this one is closed, which leads elsewhere.
    Full(Idle<DB>),
}

/// What is idle, and what is open.
pub(super) struct State<DB: Backend> {
    /// The one that was used last is at the back.
    idle: VecDeque<Idle<DB>>,
    /// How many connections there are: idle, in use, being opened, cleaned or closed.
    open: usize,
    max: usize,
}

impl<DB: Backend> State<DB> {
    pub(super) fn new(max: usize) -> Self {
        Self {
            idle: VecDeque::new(),
            open: 0,
            max,
        }
    }

    /// For a borrower who holds a permit and has no connection yet.
    pub(super) fn find(&mut self, place: &Arc<Place<DB>>) -> Found<DB> {
        if let Some(idle) = self.find_idle(place) {
            return Found::Idle(idle);
        }
        if self.open < self.max {
            self.open += 1;
            return Found::Room;
        }
        let longest = self.idle.pop_front();
        Found::Full(longest.expect(
            "every connection that is not idle has a permit, and this borrower has another one",
        ))
    }

    /// The idle connection to a place that was used last, which is the likeliest to know the statement.
    pub(super) fn find_idle(&mut self, place: &Arc<Place<DB>>) -> Option<Idle<DB>> {
        let leads_there = |idle: &Idle<DB>| Arc::ptr_eq(&idle.live.place, place);
        let at = self.idle.iter().rposition(leads_there)?;
        self.idle.remove(at)
    }

    /// For a borrower whose connection was closed, and who has its place among those that are open.
    pub(super) fn find_instead(&mut self, place: &Arc<Place<DB>>) -> Found<DB> {
        match self.find_idle(place) {
            Some(idle) => {
                self.open -= 1;
                Found::Idle(idle)
            }
            None => Found::Room,
        }
    }

    pub(super) fn put(&mut self, idle: Idle<DB>) {
        self.idle.push_back(idle);
    }

    /// A connection was closed.
    pub(super) fn closed(&mut self) {
        self.open -= 1;
    }

    /// Takes out any that is idle; it counts as closed.
    pub(super) fn pop(&mut self) -> Option<Idle<DB>> {
        let idle = self.idle.pop_front()?;
        self.open -= 1;
        Some(idle)
    }

    /// The moment since when the one that was not used for longest is idle.
    fn longest(&self) -> Option<Instant> {
        self.idle.front().map(|idle| idle.since)
    }

    #[cfg(test)]
    pub(super) fn leads_to(&self, place: &Arc<Place<DB>>) -> bool {
        self.idle
            .iter()
            .any(|idle| Arc::ptr_eq(&idle.live.place, place))
    }

    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        (self.open, self.idle.len())
    }
}

impl<DB: Backend> Inner<DB> {
    pub(super) fn state(&self) -> MutexGuard<'_, State<DB>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a clean connection back.
    pub(super) fn put_back(self: &Arc<Self>, live: Live<DB>) {
        let since = Instant::now();
        self.state().put(Idle { live, since });
        if let Some(timeout) = self.limits.idle_timeout
            && !self.reaping.load(Ordering::Relaxed)
            && !self.reaping.swap(true, Ordering::Relaxed)
        {
            let reaper = reap(Arc::downgrade(self), timeout);
            match tokio::runtime::Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn(reaper)),
                Err(_) => self.reaping.store(false, Ordering::Relaxed),
            }
        }
    }
}

/// How long the task that closes idle connections waits if it could close none.
const PAUSE: Duration = Duration::from_secs(1);

/// Closes connections that nobody used for too long, as long as there are any.
async fn reap<DB: Backend>(pool: Weak<Inner<DB>>, timeout: Duration) {
    let mut pause = Duration::ZERO;
    loop {
        let Some(inner) = pool.upgrade() else { return };
        let longest = {
            let state = inner.state();
            let longest = state.longest();
            if longest.is_none() {
                // The next connection that comes back starts another one.
                inner.reaping.store(false, Ordering::Relaxed);
            }
            longest
        };
        let Some(longest) = longest else { return };
        drop(inner);
        // Whoever could close nothing the last time tries again a little later.
        let wait = timeout.saturating_sub(longest.elapsed()).max(pause);
        tokio::time::sleep(wait).await;
        let Some(inner) = pool.upgrade() else { return };
        pause = PAUSE;
        // As a borrower: what is being closed is no connection that another one could find.
        while let Ok(Some(permit)) = Permit::try_take(&inner) {
            let expired = {
                let mut state = inner.state();
                match state.longest() {
                    Some(since) if since.elapsed() >= timeout => state.idle.pop_front(),
                    _ => None,
                }
            };
            pause = Duration::ZERO;
            let Some(idle) = expired else { break };
            let _seat = Seat::new(permit);
            idle.live.close().await;
        }
    }
}
