//! How many connections there are, and for how long.

use crate::backend::Backend;
use crate::backend::room::Room;
use crate::error::reported::Details;
use std::time::Duration;

/// How many connections a [`Db`](crate::Db) opens, and how long it keeps them.
///
/// ```
/// use std::time::Duration;
/// use tenancy::PoolOptions;
///
/// let options = PoolOptions::new()
///     .max_connections(20)
///     .acquire_timeout(Duration::from_secs(3));
/// ```
///
/// What every connection shall have set is said in sqlx's options (`PgConnectOptions::options`,
/// `SqliteConnectOptions::pragma`), and lasts: cleaning a connection goes back to that.
#[derive(Clone, Debug)]
#[must_use]
pub struct PoolOptions {
    max_connections: u32,
    acquire_timeout: Duration,
    statement_timeout: Option<Duration>,
    statement_cache_capacity: Option<usize>,
    idle_timeout: Option<Option<Duration>>,
    max_lifetime: Option<Option<Duration>>,
    always_clean: bool,
    transaction_pooler: bool,
    detailed_errors: bool,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl PoolOptions {
    /// Ten connections, of which each waits at most thirty seconds for one. On PostgreSQL a connection
    /// is closed after ten minutes without work, and at the latest after thirty; on SQLite, whose
    /// database may live in one connection's memory, never.
    pub const fn new() -> Self {
        Self {
            max_connections: 10,
            acquire_timeout: Duration::from_secs(30),
            statement_timeout: None,
            statement_cache_capacity: None,
            idle_timeout: None,
            max_lifetime: None,
            always_clean: false,
            transaction_pooler: false,
            detailed_errors: false,
        }
    }

    /// How many connections may be open at once, at least one: a hard ceiling. Connections that are being
    /// opened, cleaned or closed count, too.
    ///
    /// Where connections lead to several servers (of databases of tenants), no more than three quarters of them are used
    /// for one at a time, and no more than half are on their way to one: so a server that falls silent leaves room for
    /// the others. (Of one connection there is nothing to share.)
    ///
    /// On PostgreSQL, one that cannot be cleaned within ten seconds, since the server does not answer, is closed.
    /// If the server is only slow, a statement that was given up may run on there: a `statement_timeout` ends it.
    pub const fn max_connections(mut self, max: u32) -> Self {
        self.max_connections = if max == 0 { 1 } else { max };
        self
    }

    /// How long a statement waits for a connection before it fails with
    /// [`Error::Busy`](crate::Error::Busy): for one to become free, and for it to be opened.
    pub const fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// How long a server may take to answer a statement of this crate, or to begin or end a transaction, before it is
    /// given up: for servers that fall silent and networks that lose connections without a word. Without it whoever asked
    /// waits, with a connection, until the system finds out, which may be never.
    ///
    /// What is given up is [`Error::Unreachable`](crate::Error::Unreachable), or
    /// [`Error::NoDatabase`](crate::Error::NoDatabase) of a tenant's own database. Whether a write lasts is not known
    /// then; one in a transaction does not, nor does the transaction. The connection is closed if it cannot be cleaned
    /// either. A server that is merely slow goes on with the statement, unless its own `statement_timeout` is shorter.
    ///
    /// A stream may take as long for each row. Plain SQL and what creates or drops databases and schemas takes its time.
    pub const fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = Some(timeout);
        self
    }

    /// How many prepared statements each connection keeps, instead of what the options of the connection say. Those of
    /// sqlx have 100 if nobody says anything, so on PostgreSQL 100 there counts as nothing said, and is 1,000.
    ///
    /// Behind a transaction pooler none is kept.
    pub const fn statement_cache_capacity(mut self, statements: usize) -> Self {
        self.statement_cache_capacity = Some(statements);
        self
    }

    /// Closes connections that nobody used for so long; `None`: never.
    pub const fn idle_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.idle_timeout = Some(timeout);
        self
    }

    /// Closes connections that are older, when they come back or before they are used again; `None`: never.
    pub const fn max_lifetime(mut self, lifetime: Option<Duration>) -> Self {
        self.max_lifetime = Some(lifetime);
        self
    }

    /// Cleans connections after every statement, also after those that came to their end: if triggers or
    /// functions of the database change the session they run in (settings that outlast the transaction,
    /// advisory locks, temporary tables), and must not see what they did for another tenant.
    ///
    /// Costs a round trip after each statement, on PostgreSQL.
    pub const fn always_clean(mut self, always: bool) -> Self {
        self.always_clean = always;
        self
    }

    /// For a server behind a pooler that gives each transaction another connection, such as PgBouncer with
    /// `pool_mode = transaction`: no statement is prepared for later, and each runs in a transaction of its own,
    /// unless it is part of one.
    ///
    /// What plain SQL sets outside of a transaction stays on one of the server's connections, and nobody knows on
    /// which: the pooler has to clean it (`server_reset_query_always`), or nobody sets anything.
    ///
    /// A tenant's own database is asked for its mark in each transaction, in the round trip of its `BEGIN`: the pooler
    /// may lead elsewhere by then.
    /// Of a statement without a name, the driver loses the first that gives values of a type that was created (an
    /// enum) and that the connection does not know yet: alone it runs once more, and in a transaction it is
    /// [`Error::Busy`](crate::Error::Busy).
    ///
    /// Costs three round trips more for a statement. PgBouncer has to ignore a parameter that sqlx sets
    /// (`ignore_startup_parameters = extra_float_digits`).
    pub const fn transaction_pooler(mut self, pooler: bool) -> Self {
        self.transaction_pooler = pooler;
        self
    }

    /// Keeps in errors all that the database and the driver reported, for development: their messages, and what is
    /// below them ([`source`](std::error::Error::source), `{:?}`, [`Reported::driver`](crate::Reported::driver)).
    ///
    /// Not for production: they have values in them, of rows that the actor may not read, and of other models.
    pub const fn detailed_errors(mut self, detailed: bool) -> Self {
        self.detailed_errors = detailed;
        self
    }

    pub(super) fn limits<DB: Backend>(self) -> Limits {
        let [idle, lifetime] =
            DB::LIFETIMES.map(|minutes| minutes.map(|minutes| Duration::from_secs(60 * minutes)));
        Limits {
            max_connections: self.max_connections as usize,
            acquire_timeout: self.acquire_timeout,
            statement_timeout: self.statement_timeout,
            room: match (self.transaction_pooler, self.statement_cache_capacity) {
                (true, _) => Room::None,
                (false, Some(statements)) => Room::Statements(statements),
                (false, None) => Room::Usual,
            },
            idle_timeout: self.idle_timeout.unwrap_or(idle),
            max_lifetime: self.max_lifetime.unwrap_or(lifetime),
            always_clean: self.always_clean,
            transaction_pooler: self.transaction_pooler,
            details: if self.detailed_errors {
                Details::All
            } else {
                Details::Safe
            },
        }
    }
}

/// The options of a pool, with nothing left open.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) max_connections: usize,
    pub(super) acquire_timeout: Duration,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) room: Room,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) max_lifetime: Option<Duration>,
    pub(super) always_clean: bool,
    pub(super) transaction_pooler: bool,
    /// How much errors tell.
    pub(super) details: Details,
}
