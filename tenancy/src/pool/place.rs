//! Where connections lead.

use crate::backend::Backend;
use crate::pool::check::Check;
use crate::pool::server::Server;
use sqlx::Connection;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::ConnectOptions as _;

/// Where connections lead.
#[derive(Debug)]
pub(crate) struct Place<DB: Backend> {
    pub(super) options: <DB::Connection as Connection>::Options,
    /// What is asked of each new connection.
    pub(super) check: Check,
    /// Whether connections are closed instead of being used again.
    abandoned: AtomicBool,
    /// How often a connection turned out to be outdated.
    generation: AtomicU64,
    /// `None`: there is none.
    server: Option<Arc<Server>>,
    /// A connection that nobody uses. A database in memory lasts as long as there is any.
    anchor: Mutex<Option<DB::Connection>>,
}

impl<DB: Backend> Place<DB> {
    pub(super) fn new(
        options: <DB::Connection as Connection>::Options,
        check: Check,
        server: Option<Arc<Server>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            options,
            check,
            abandoned: AtomicBool::new(false),
            generation: AtomicU64::new(0),
            server,
            anchor: Mutex::new(None),
        })
    }

    pub(crate) fn options(&self) -> &<DB::Connection as Connection>::Options {
        &self.options
    }

    /// Whether no connection is used again.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }

    /// What connections that are opened now know of the database, as a number that grows.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// Connections of this generation, and of those before it, are not used again: they know the database as it was.
    pub(super) fn outdate(&self, generation: u64) {
        self.generation.fetch_max(generation + 1, Ordering::Relaxed);
    }

    /// No connection is used again.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }

    /// The server that it is on, if there is one.
    pub(super) fn server(&self) -> Option<&Server> {
        self.server.as_deref()
    }

    /// Keeps a database in memory while no connection to it is in use: one that makes room for another place would
    /// take it along.
    pub(super) async fn keep(&self, connection: &mut DB::Connection) -> Result<(), sqlx::Error> {
        if self.anchor().is_some() || !DB::is_memory(connection).await? {
            return Ok(());
        }
        let another = self.options.connect().await?;
        self.anchor().get_or_insert(another);
        Ok(())
    }

    /// Lets go of a database in memory.
    pub(crate) fn release(&self) {
        self.anchor().take();
    }

    fn anchor(&self) -> std::sync::MutexGuard<'_, Option<DB::Connection>> {
        self.anchor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
