//! The connections that nobody uses.

use crate::backend::Backend;
use crate::pool::lingering::Settler;
use crate::pool::place::Place;
use crate::pool::reaper::Reaper;
use crate::pool::size::Connections;
use crate::pool::{Inner, Live};
use std::collections::VecDeque;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A connection that nobody uses.
pub(super) struct Idle<DB: Backend> {
    pub(super) live: Live<DB>,
    pub(super) since: Instant,
    /// Whether a connection was found broken since then, so that this one may be, too.
    pub(super) doubted: bool,
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
        self.find_idle_if(place, |_| true)
    }

    /// The same, if it is fit.
    pub(super) fn find_idle_if(
        &mut self,
        place: &Arc<Place<DB>>,
        fit: impl Fn(&Idle<DB>) -> bool,
    ) -> Option<Idle<DB>> {
        let leads_there = |idle: &Idle<DB>| Arc::ptr_eq(&idle.live.place, place);
        let at = self.idle.iter().rposition(leads_there)?;
        if !fit(&self.idle[at]) {
            return None;
        }
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

    /// A connection was found broken: all that are idle are tested before they are used. Of whichever place, for
    /// places may share a server, and a test costs a round trip.
    pub(super) fn doubt(&mut self) {
        for idle in &mut self.idle {
            idle.doubted = true;
        }
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
    pub(super) fn longest(&self) -> Option<Instant> {
        self.idle.front().map(|idle| idle.since)
    }

    /// Takes out the one that was not used for longest, if that is too long; it counts as open.
    pub(super) fn take_expired(&mut self, timeout: Duration) -> Option<Idle<DB>> {
        self.idle
            .pop_front_if(|idle| idle.since.elapsed() >= timeout)
    }

    /// Whether a transaction of a read is left open on one of them.
    pub(super) fn lingers(&self) -> bool {
        self.idle.iter().any(|idle| idle.live.lingering)
    }

    /// Takes out one on which a transaction has been left open for so long; it counts as open.
    pub(super) fn take_lingering(&mut self, time: Duration) -> Option<Idle<DB>> {
        let over = |idle: &Idle<DB>| idle.live.lingering && idle.since.elapsed() >= time;
        let at = self.idle.iter().position(over)?;
        self.idle.remove(at)
    }

    #[cfg(test)]
    pub(super) fn leads_to(&self, place: &Arc<Place<DB>>) -> bool {
        self.idle
            .iter()
            .any(|idle| Arc::ptr_eq(&idle.live.place, place))
    }

    pub(super) fn connections(&self) -> Connections {
        Connections {
            open: self.open,
            idle: self.idle.len(),
            max: self.max,
        }
    }
}

impl<DB: Backend> Inner<DB> {
    pub(super) fn state(&self) -> MutexGuard<'_, State<DB>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a clean connection back.
    pub(super) fn put_back(self: &Arc<Self>, live: Live<DB>) {
        let lingering = live.lingering;
        self.state().put(Idle {
            live,
            since: Instant::now(),
            doubted: false,
        });
        if lingering {
            Settler::start(self);
        }
        Reaper::start(self);
    }
}
