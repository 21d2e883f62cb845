//! Connections to any number of databases, under one ceiling.
//!
//! This is not sqlx's pool, for two reasons. A program with a database for each tenant has one pool for
//! each of them there, and nothing that keeps their sum below what the server takes: here a connection
//! of the place that was not used for longest makes room for one of another. And sqlx's pool knows nothing
//! of what a connection went through, so it has to be cleaned by the server whenever it comes back: here
//! only if something happened that could have left a trace.

pub(crate) mod check;
pub(crate) mod connection;
pub(crate) mod errors;
pub(crate) mod failed;
pub(crate) mod idle;
pub(crate) mod lingering;
pub(crate) mod options;
pub(crate) mod patience;
pub(crate) mod place;
pub(crate) mod reaper;
pub(crate) mod seat;
pub(crate) mod server;
pub(crate) mod size;
#[cfg(all(test, feature = "sqlite"))]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests;

use crate::backend::Backend;
use crate::error::Error;
use crate::error::reported::{Details, Reported};
use crate::pool::check::Check;
use crate::pool::idle::{Found, Idle, State};
use crate::pool::options::Limits;
use crate::pool::place::Place;
use crate::pool::seat::{Permit, Seat};
use crate::pool::server::{Attempt, Server, Share};
use sqlx::Connection;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

use sqlx::ConnectOptions as _;

pub use crate::pool::connection::PoolConnection;
pub use crate::pool::options::PoolOptions;
pub use crate::pool::size::Connections;

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
    /// The servers that connections lead to.
    servers: Mutex<HashMap<String, Weak<Server>>>,
    /// How many these are.
    several: Arc<AtomicUsize>,
    /// Whether a task closes what is idle for too long.
    reaping: AtomicBool,
    /// Whether a task ends the transactions that reads left open.
    settling: AtomicBool,
}

impl<DB: Backend> Pool<DB> {
    pub(crate) fn new(options: PoolOptions) -> Self {
        let limits = options.limits::<DB>();
        Self(Arc::new(Inner {
            permits: Semaphore::new(limits.max_connections),
            state: Mutex::new(State::new(limits.max_connections)),
            limits,
            closed: AtomicBool::new(false),
            servers: Mutex::default(),
            several: Arc::default(),
            reaping: AtomicBool::new(false),
            settling: AtomicBool::new(false),
        }))
    }

    /// Whether it is the same one.
    #[cfg(feature = "postgres")]
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A place for connections of this pool.
    pub(crate) fn place(
        &self,
        options: <DB::Connection as Connection>::Options,
        check: Check,
    ) -> Arc<Place<DB>> {
        let options = DB::with_room(options, self.0.limits.room);
        let server = DB::server(&options).map(|server| self.server(server));
        Place::new(options, check, server)
    }

    /// What is shared by those who go to a server.
    fn server(&self, name: String) -> Arc<Server> {
        let mut servers = self
            .0
            .servers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = servers.get(&name).and_then(Weak::upgrade) {
            return server;
        }
        servers.retain(|_, server| server.strong_count() > 0);
        let server = Server::new(self.0.limits.max_connections, &self.0.several);
        let server = Arc::new(server);
        servers.insert(name, Arc::downgrade(&server));
        server
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
    /// Whoever waits holds nothing but a share, and whoever holds a permit waits for nobody but the server: so there is
    /// always somebody who goes on, unless all wait for a second connection while they hold a first.
    pub(crate) async fn acquire(
        &self,
        place: &Arc<Place<DB>>,
    ) -> Result<PoolConnection<DB>, sqlx::Error> {
        let connection = self.acquire_to_begin(place).await?;
        if !connection.is_lingering() {
            return Ok(connection);
        }
        let settled = self.within(async {
            let mut connection = connection;
            loop {
                match connection.settled().await {
                    Some(settled) => return Ok(settled),
                    // Another one may be all right.
                    None => connection = self.acquire_to_begin(place).await?,
                }
            }
        });
        Box::pin(settled).await
    }

    /// The same, for whoever begins a transaction: there may be one open, of a read that came to its end.
    pub(crate) async fn acquire_to_begin(
        &self,
        place: &Arc<Place<DB>>,
    ) -> Result<PoolConnection<DB>, sqlx::Error> {
        let permit = match Share::try_take(place.server()) {
            None => None,
            Some(share) => Permit::try_take(&self.0)?.map(|permit| permit.sharing(share)),
        };
        let permit = match permit {
            None => None,
            Some(permit) => match permit.find_fresh(place) {
                Ok((idle, seat)) => return Ok(PoolConnection::new(idle.live, seat)),
                Err(permit) => Some(permit),
            },
        };
        // Apart, so that who finds one has little to carry.
        Box::pin(self.within(self.wait(permit, place))).await
    }

    /// Waits for what there is not yet: a share in the server, a permit, and the right to connect.
    async fn wait(
        &self,
        mut permit: Option<Permit<DB>>,
        place: &Arc<Place<DB>>,
    ) -> Result<PoolConnection<DB>, sqlx::Error> {
        let mut attempt = None;
        loop {
            let held = match permit.take() {
                Some(permit) => permit,
                None => {
                    let share = Share::take(place.server()).await;
                    Permit::take(&self.0).await?.sharing(share)
                }
            };
            let held = match held.find_fresh(place) {
                Ok((idle, seat)) => return Ok(PoolConnection::new(idle.live, seat)),
                Err(permit) => permit,
            };
            attempt = attempt.or_else(|| Attempt::try_take(place.server()));
            if attempt.is_some() {
                let (found, seat) = held.find(place);
                return self.obtain(seat, place, found).await;
            }
            // Meanwhile the permit is for those who want to go elsewhere.
            drop(held);
            attempt = Some(Attempt::take(place.server()).await);
        }
    }

    /// How long a borrower waits.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "on PostgreSQL"))]
    pub(crate) fn patience(&self) -> Duration {
        self.0.limits.acquire_timeout
    }

    /// Gives up after the time that a borrower waits.
    pub(crate) async fn within<T, E: From<sqlx::Error>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        match tokio::time::timeout(self.0.limits.acquire_timeout, work).await {
            Ok(result) => result,
            Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
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
        let generation = place.generation();
        let (connection, lingers) = self.connect(place).await?;
        let live = Live {
            connection,
            place: Arc::clone(place),
            generation,
            born: Instant::now(),
            used: false,
            lingers,
            lingering: false,
            bounded: false,
            returned: false,
        };
        Ok(PoolConnection::new(live, seat))
    }

    /// Connects; again, as long as the server may only be starting, or have no room for the moment. And whether
    /// transactions of reads may be left open on the connection.
    async fn connect(&self, place: &Place<DB>) -> Result<(DB::Connection, bool), sqlx::Error> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(10);
        loop {
            let error = match place.options.connect().await {
                Ok(mut connection) => {
                    place.check.ask::<DB>(&mut connection).await?;
                    place.keep(&mut connection).await?;
                    let lingers = !self.transacts()
                        && !self.0.limits.always_clean
                        && place.check.lets_linger::<DB>(&mut connection).await?;
                    return Ok((connection, lingers));
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

    /// Refuses new borrowers, waits for those who are there, as long as they would have waited for a connection, and
    /// closes all connections. Those of borrowers who do not come back by then are closed when they do.
    pub(crate) async fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
        self.close_idle().await;
        // All at once, so it comes after everybody who waits already; they see that the pool is closed.
        let all = u32::try_from(self.0.limits.max_connections).unwrap_or(u32::MAX);
        let permits = self.0.permits.acquire_many(all);
        let _permits = tokio::time::timeout(self.0.limits.acquire_timeout, permits).await;
        self.close_idle().await;
    }

    /// Closes the connections to places that are abandoned, and waits for those who use one, or are about to. The
    /// caller has the only other references to them.
    pub(crate) async fn evict(&self, places: &[Arc<Place<DB>>]) -> Result<(), sqlx::Error> {
        self.within(async {
            for place in places {
                self.evict_one(place).await?;
            }
            Ok(())
        })
        .await
    }

    async fn evict_one(&self, place: &Arc<Place<DB>>) -> Result<(), sqlx::Error> {
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
    /// Whether a transaction of a read may be left open on it.
    lingers: bool,
    /// Whether one is: see [`lingering`].
    lingering: bool,
    /// Whether the server ends transactions in which nothing happens.
    bounded: bool,
    /// Whether somebody has used it.
    returned: bool,
}

impl<DB: Backend> Live<DB> {
    /// Whether it knows the database as it was before.
    fn is_outdated(&self) -> bool {
        self.generation < self.place.generation()
    }

    /// Says good-bye, if the server listens.
    async fn close(mut self) {
        let good_bye = async {
            let _ = self.settle().await;
            self.connection.close().await
        };
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, good_bye).await;
    }
}

impl<DB: Backend> Inner<DB> {
    /// Whether a connection can be used as it is.
    fn is_fresh(&self, idle: &Idle<DB>) -> bool {
        let now = Instant::now();
        !idle.doubted
            && !idle.lingers_long()
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
