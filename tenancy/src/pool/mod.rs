//! Connections to any number of databases, under one ceiling.
//!
//! This is not sqlx's pool, for two reasons. A program with a database for each tenant has one pool for
//! each of them there, and nothing that keeps their sum below what the server takes: here a connection
//! of the place that was not used for longest makes room for one of another. And sqlx's pool knows nothing
//! of what a connection went through, so it has to be cleaned by the server whenever it comes back: here
//! only if something happened that could have left a trace.

mod check;
mod connection;
mod errors;
mod idle;
mod options;
mod reaper;
mod seat;
mod size;
#[cfg(all(test, feature = "sqlite"))]
#[allow(clippy::unwrap_used)]
mod tests;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sqlx::{ConnectOptions as _, Connection};
use tokio::sync::Semaphore;

use crate::backend::Backend;
use crate::error::Details;
use crate::{Error, Reported};
use idle::{Found, Idle, State};
use options::Limits;
use seat::{Permit, Seat};

pub(crate) use check::{Check, Refused};
pub use connection::PoolConnection;
pub use options::PoolOptions;
pub use size::Connections;

/// A connection idle for longer is tested before it is used again.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(15);

/// How long to wait at most before connecting again.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long a server may take to show a sign of life on a connection that is tested.
const TEST_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait before looking again whether a place is used.
const EVICT_PAUSE: Duration = Duration::from_millis(5);

/// How long a connection may take to say good-bye.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Where connections lead.
#[derive(Debug)]
pub(crate) struct Place<DB: Backend> {
    options: <DB::Connection as Connection>::Options,
    /// What is asked of each new connection.
    check: Check,
    /// Whether connections are closed instead of being used again.
    abandoned: AtomicBool,
    /// How often a connection turned out to be outdated.
    generation: AtomicU64,
}

impl<DB: Backend> Place<DB> {
    fn new(options: <DB::Connection as Connection>::Options, check: Check) -> Arc<Self> {
        Arc::new(Self {
            options,
            check,
            abandoned: AtomicBool::new(false),
            generation: AtomicU64::new(0),
        })
    }

    pub(crate) fn options(&self) -> &<DB::Connection as Connection>::Options {
        &self.options
    }

    /// Whether no connection is used again.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }

    /// Connections of this generation, and of those before it, are not used again: they know the database as it was.
    fn outdate(&self, generation: u64) {
        self.generation.fetch_max(generation + 1, Ordering::Relaxed);
    }

    /// No connection is used again.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }
}

/// Connections under one ceiling. Clones share them.
pub(crate) struct Pool<DB: Backend>(Arc<Inner<DB>>);

impl<DB: Backend> Clone for Pool<DB> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Inner<DB: Backend> {
    limits: Limits,
    /// One for each connection that may be in use. Waiting is first come, first served.
    permits: Semaphore,
    state: Mutex<State<DB>>,
    closed: AtomicBool,
    /// Whether a task closes what is idle for too long.
    reaping: AtomicBool,
}

impl<DB: Backend> Pool<DB> {
    pub(crate) fn new(options: PoolOptions) -> Self {
        let limits = options.limits::<DB>();
        Self(Arc::new(Inner {
            permits: Semaphore::new(limits.max_connections),
            state: Mutex::new(State::new(limits.max_connections)),
            limits,
            closed: AtomicBool::new(false),
            reaping: AtomicBool::new(false),
        }))
    }

    /// A place for connections of this pool.
    pub(crate) fn place(
        &self,
        options: <DB::Connection as Connection>::Options,
        check: Check,
    ) -> Arc<Place<DB>> {
        let options = match self.0.limits.transaction_pooler {
            true => DB::without_session(options),
            false => options,
        };
        Place::new(options, check)
    }

    /// Whether each statement has to be in a transaction: see [`PoolOptions::transaction_pooler`].
    pub(crate) fn transacts(&self) -> bool {
        self.0.limits.transaction_pooler
    }

    /// What an error of the driver means, with as much of it as the program wants to know.
    pub(crate) fn report(&self, error: sqlx::Error) -> Error {
        Error::reported(error, self.0.limits.details)
    }

    pub(crate) fn details(&self) -> Details {
        self.0.limits.details
    }

    /// As much of an error as the program wants to know.
    pub(crate) fn reported(&self, error: sqlx::Error) -> Reported {
        Reported::new(error, self.0.limits.details)
    }

    /// A connection to a place: one that is idle, or a new one, for which an idle one to another place is
    /// closed if there would be too many.
    ///
    /// Whoever waits holds nothing, and whoever holds a permit waits for nobody but the server: so there is
    /// always somebody who goes on, unless all wait for a second connection while they hold a first.
    pub(crate) async fn acquire(
        &self,
        place: &Arc<Place<DB>>,
    ) -> Result<PoolConnection<DB>, sqlx::Error> {
        if let Some(permit) = Permit::try_take(&self.0)? {
            let (found, seat) = permit.find(place);
            return match found {
                Found::Idle(idle) if self.0.is_fresh(&idle) => {
                    Ok(PoolConnection::new(idle.live, seat))
                }
                found => self.within(self.obtain(seat, place, found)).await,
            };
        }
        self.within(async {
            let permit = Permit::take(&self.0).await?;
            let (found, seat) = permit.find(place);
            self.obtain(seat, place, found).await
        })
        .await
    }

    /// Gives up after the time that a borrower waits.
    pub(crate) async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        match tokio::time::timeout(self.0.limits.acquire_timeout, work).await {
            Ok(result) => result,
            Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    /// Makes a connection of what was found. Dropped in the middle, it gives back what it holds.
    async fn obtain(
        &self,
        seat: Seat<DB>,
        place: &Arc<Place<DB>>,
        mut found: Found<DB>,
    ) -> Result<PoolConnection<DB>, sqlx::Error> {
        while let Found::Idle(mut idle) = found {
            if self.0.is_fresh(&idle) || self.0.is_usable(&mut idle).await {
                return Ok(PoolConnection::new(idle.live, seat));
            }
            idle.live.close().await;
            found = self.0.state().find_instead(place);
        }
        if let Found::Full(other) = found {
            other.live.close().await;
        }
        // Before it asks anything of the database.
        let generation = place.generation.load(Ordering::Relaxed);
        let live = Live {
            connection: self.connect(place).await?,
            place: Arc::clone(place),
            generation,
            born: Instant::now(),
            used: false,
            returned: false,
        };
        Ok(PoolConnection::new(live, seat))
    }

    /// Connects; again, as long as the server may only be starting, or have no room for the moment.
    async fn connect(&self, place: &Place<DB>) -> Result<DB::Connection, sqlx::Error> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(10);
        loop {
            let error = match place.options.connect().await {
                Ok(mut connection) => {
                    place.check.ask::<DB>(&mut connection).await?;
                    return Ok(connection);
                }
                Err(error) if errors::passes(&error) => error,
                Err(error) => {
                    return Err(place.check.unreached::<DB>(error, self.0.limits.details));
                }
            };
            if started.elapsed() + 2 * pause > self.0.limits.acquire_timeout {
                return Err(place.check.unreached::<DB>(error, self.0.limits.details));
            }
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    /// As [`acquire`](Self::acquire), for plain SQL: nothing is there of what statements of this crate left by way
    /// of the database.
    pub(crate) async fn acquire_clean(
        &self,
        place: &Arc<Place<DB>>,
    ) -> Result<PoolConnection<DB>, sqlx::Error> {
        loop {
            // One that cannot be cleaned is closed, so there is an end to it.
            if let Some(connection) = self.acquire(place).await?.cleaned().await {
                return Ok(connection);
            }
        }
    }

    /// Refuses new borrowers, waits for those who are there, and closes all connections.
    pub(crate) async fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
        self.close_idle().await;
        // All at once, so it comes after everybody who waits already; they see that the pool is closed.
        let all = u32::try_from(self.0.limits.max_connections).unwrap_or(u32::MAX);
        let _permits = self.0.permits.acquire_many(all).await;
        self.close_idle().await;
    }

    /// Closes the connections to a place that is abandoned, and waits for those who use one, or are about to. The
    /// caller has the only other reference to it.
    pub(crate) async fn evict(&self, place: &Arc<Place<DB>>) -> Result<(), sqlx::Error> {
        self.within(async {
            loop {
                // As a borrower: what is being closed counts as open.
                let permit = Permit::take(&self.0).await?;
                let idle = self.0.state().find_idle(place);
                if let Some(idle) = idle {
                    let _seat = Seat::new(permit);
                    idle.live.close().await;
                } else if Arc::strong_count(place) == 1 {
                    return Ok(());
                } else {
                    drop(permit);
                    tokio::time::sleep(EVICT_PAUSE).await;
                }
            }
        })
        .await
    }

    async fn close_idle(&self) {
        loop {
            let idle = self.0.state().pop();
            let Some(idle) = idle else { break };
            idle.live.close().await;
        }
    }

    pub(crate) fn connections(&self) -> Connections {
        self.0.state().connections()
    }
}

/// A connection, wherever it is.
struct Live<DB: Backend> {
    connection: DB::Connection,
    place: Arc<Place<DB>>,
    generation: u64,
    born: Instant,
    /// Whether statements of this crate ran on it since it was cleaned. They may run code of the database that
    /// leaves something (a sequence, a trigger), which is nothing to them.
    used: bool,
    /// Whether somebody has used it.
    returned: bool,
}

impl<DB: Backend> Live<DB> {
    /// Whether it knows the database as it was before.
    fn is_outdated(&self) -> bool {
        self.generation < self.place.generation.load(Ordering::Relaxed)
    }

    /// Says good-bye, if the server listens.
    async fn close(self) {
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, self.connection.close()).await;
    }
}

impl<DB: Backend> Inner<DB> {
    /// Whether a connection can be used as it is.
    fn is_fresh(&self, idle: &Idle<DB>) -> bool {
        let now = Instant::now();
        !idle.doubted
            && now.saturating_duration_since(idle.since) <= TEST_AFTER_IDLE
            && !self.is_old(&idle.live, now)
    }

    /// Whether a connection can be used, says the server.
    async fn is_usable(&self, idle: &mut Idle<DB>) -> bool {
        if self.is_old(&idle.live, Instant::now()) {
            return false;
        }
        let ping = tokio::time::timeout(TEST_TIMEOUT, idle.live.connection.ping());
        matches!(ping.await, Ok(Ok(())))
    }

    fn is_old(&self, live: &Live<DB>, now: Instant) -> bool {
        let age = now.saturating_duration_since(live.born);
        live.place.is_abandoned()
            || live.is_outdated()
            || self.limits.max_lifetime.is_some_and(|most| age > most)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}
