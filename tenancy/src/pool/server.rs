//! What the connections to one server may take of the pool, however many places are there.
//!
//! A server may fall silent at any time: who waits for its answer waits with a permit. So that what leads elsewhere
//! finds some, a server has no more than its share of them, as soon as there is another one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What is shared by all who want to go to a server.
#[derive(Debug)]
pub(super) struct Server {
    /// One for each connection that may be on its way there.
    attempts: Arc<Semaphore>,
    /// One for each connection that may be in use.
    uses: Arc<Semaphore>,
    /// How many servers there are.
    all: Arc<AtomicUsize>,
}

/// The right to connect to a server.
pub(super) struct Attempt(#[expect(dead_code, reason = "held")] Option<OwnedSemaphorePermit>);

/// The right to use a connection to a server.
pub(super) struct Share(#[expect(dead_code, reason = "held")] Option<OwnedSemaphorePermit>);

impl Server {
    /// One more, for a pool of so many connections.
    pub(super) fn new(connections: usize, all: &Arc<AtomicUsize>) -> Self {
        all.fetch_add(1, Ordering::Relaxed);
        // Of one connection nothing can be kept.
        let kept = (connections / 4).max(1);
        let share = connections.saturating_sub(kept).max(1);
        Self {
            attempts: Arc::new(Semaphore::new((connections / 2).max(1))),
            uses: Arc::new(Semaphore::new(share)),
            all: Arc::clone(all),
        }
    }

    fn is_alone(&self) -> bool {
        self.all.load(Ordering::Relaxed) == 1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Attempt {
    /// The right to connect, if nobody has to be waited for. Where there is no server, nobody has.
    pub(super) fn try_take(server: Option<&Server>) -> Option<Self> {
        at_once(server.map(|server| &server.attempts)).map(Self)
    }

    /// The right to connect, in the order of those who want it.
    pub(super) async fn take(server: Option<&Server>) -> Self {
        Self(in_turn(server.map(|server| &server.attempts)).await)
    }
}

impl Share {
    /// The right to use a connection, if nobody has to be waited for.
    pub(super) fn try_take(server: Option<&Server>) -> Option<Self> {
        at_once(Self::of(server)).map(Self)
    }

    /// The right to use a connection, in the order of those who want it.
    pub(super) async fn take(server: Option<&Server>) -> Self {
        Self(in_turn(Self::of(server)).await)
    }

    /// For what the pool does with connections itself, one at a time.
    pub(super) const fn of_the_pool() -> Self {
        Self(None)
    }

    fn of(server: Option<&Server>) -> Option<&Arc<Semaphore>> {
        let server = server.filter(|server| !server.is_alone())?;
        Some(&server.uses)
    }
}

/// `None`: somebody has to be waited for.
fn at_once(rights: Option<&Arc<Semaphore>>) -> Option<Option<OwnedSemaphorePermit>> {
    let Some(rights) = rights else {
        return Some(None);
    };
    Arc::clone(rights).try_acquire_owned().ok().map(Some)
}

async fn in_turn(rights: Option<&Arc<Semaphore>>) -> Option<OwnedSemaphorePermit> {
    // They are never closed.
    Arc::clone(rights?).acquire_owned().await.ok()
}
