//! A connection that somebody uses.

use crate::backend::{Backend, Step};
use crate::error::reported::Reported;
use crate::pool::errors::is_gone;
use crate::pool::failed::Failed;
use crate::pool::seat::Seat;
use crate::pool::{Live, TEST_TIMEOUT};
use futures_core::stream::BoxStream;
use sqlx::SqlStr;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A connection of a [`Db`](crate::Db), for plain sqlx: `&mut *connection` is what sqlx runs statements on.
///
/// What runs on it has no tenant and none of the guarantees of this crate. When it is dropped it goes
/// back, and is cleaned before anybody else gets it.
pub struct PoolConnection<DB: Backend> {
    /// There until it is dropped.
    live: Option<(Live<DB>, Seat<DB>)>,
    trace: Trace,
}

/// What a connection's use may have left in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trace {
    /// Nobody knows.
    Unknown,
    /// Nothing.
    Nothing,
    /// Something, whatever comes later.
    Something,
}

impl<DB: Backend> PoolConnection<DB> {
    pub(super) fn new(live: Live<DB>, seat: Seat<DB>) -> Self {
        Self {
            live: Some((live, seat)),
            trace: Trace::Unknown,
        }
    }

    /// Nothing ran on it but statements of this crate, and what ran came to its end: no session state can
    /// have changed.
    pub(crate) fn finished(&mut self) {
        if self.trace != Trace::Something {
            self.trace = Trace::Nothing;
        }
    }

    /// Whether the transaction of a read that came to its end is still open on it.
    pub(super) fn is_lingering(&self) -> bool {
        self.live().lingering
    }

    pub(super) fn live(&self) -> &Live<DB> {
        &self.live.as_ref().expect(TAKEN).0
    }

    pub(super) fn seat(&self) -> &Seat<DB> {
        &self.live.as_ref().expect(TAKEN).1
    }

    pub(super) fn live_mut(&mut self) -> &mut Live<DB> {
        &mut self.live.as_mut().expect(TAKEN).0
    }

    /// Closes it without a word, as it was found broken.
    pub(super) fn discard(mut self) {
        if let Some((_live, seat)) = self.live.take() {
            seat.broken();
        }
    }

    /// An error, as far as it may be told.
    pub(crate) fn report(&self, error: sqlx::Error) -> Reported {
        self.seat().report(error)
    }

    /// Runs a statement.
    pub(crate) fn steps(
        &mut self,
        sql: SqlStr,
        arguments: DB::Arguments,
    ) -> BoxStream<'_, Result<Step<DB>, sqlx::Error>> {
        // Without a cache the driver still gives it a name, and nobody would remove it from the server.
        let (_, seat) = self.live.as_ref().expect(TAKEN);
        let persistent = seat.has_session();
        DB::fetch_many(self, sql, arguments, persistent)
    }

    /// Cleans it, if a statement of this crate ran on it since it was cleaned. `None`: it could not be, and is
    /// closed.
    pub(crate) async fn cleaned(mut self) -> Option<Self> {
        let (live, seat) = self.live.as_mut().expect(TAKEN);
        if live.used && !clean(live, seat).await {
            self.live = None;
            return None;
        }
        Some(self)
    }

    /// Asks again what is asked of new ones.
    pub(crate) async fn asked(mut self) -> Result<Self, sqlx::Error> {
        let (live, _) = self.live.as_mut().expect(TAKEN);
        live.place.check.ask::<DB>(&mut live.connection).await?;
        Ok(self)
    }

    /// Closes it, instead of putting it back.
    pub(crate) async fn close(mut self) {
        if let Some((live, _seat)) = self.live.take() {
            live.close().await;
        }
    }

    /// A statement failed on it. If it is gone it will be closed, as it cannot be cleaned; but others may be gone,
    /// too, and are doubted from now on.
    ///
    /// Whether it is outdated: it knows types and statements of the database as they were before. It will be closed
    /// then, as will all that are as old. One that is new knows them as they are.
    pub(crate) fn noted(&self, error: &sqlx::Error) -> bool {
        let (live, seat) = self.live.as_ref().expect(TAKEN);
        if is_gone(error) {
            seat.broken();
        }
        if !DB::is_outdated(error) {
            return false;
        }
        if self.learns() && DB::is_unprepared(error) {
            return true;
        }
        if live.returned {
            live.place.outdate(live.generation);
        }
        live.returned
    }

    /// Whether its statements have no name. When one gives values of a type that the driver does not know yet, it asks
    /// for the type, by which the server loses the statement (sqlx 0.9.0: `resolve_statement_metadata`; PostgreSQL,
    /// 55.2.3): so it fails, and succeeds the next time.
    pub(crate) fn learns(&self) -> bool {
        let (live, seat) = self.live.as_ref().expect(TAKEN);
        !seat.has_session() && !live.is_outdated()
    }

    /// As [`noted`](Self::noted).
    pub(crate) fn failed(&self, error: sqlx::Error) -> Failed {
        match self.noted(&error) {
            true => Failed::Outdated(error),
            false => Failed::Database(error),
        }
    }

    /// Something ran on it that did not come to its end.
    pub(crate) fn unfinished(&mut self) {
        self.trace = Trace::Something;
    }
}

const TAKEN: &str = "a connection is there until it is dropped";

impl<DB: Backend> Deref for PoolConnection<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        &self.live.as_ref().expect(TAKEN).0.connection
    }
}

impl<DB: Backend> DerefMut for PoolConnection<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        // Whatever is to be done now may leave something.
        if self.trace == Trace::Nothing {
            self.trace = Trace::Unknown;
        }
        &mut self.live.as_mut().expect(TAKEN).0.connection
    }
}

impl<DB: Backend> fmt::Debug for PoolConnection<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolConnection").finish_non_exhaustive()
    }
}

impl<DB: Backend> Drop for PoolConnection<DB> {
    fn drop(&mut self) {
        let Some((mut live, seat)) = self.live.take() else {
            return;
        };
        live.returned = true;
        let unclean = if self.trace == Trace::Nothing && !seat.always_cleaned() {
            live.used = true;
            match seat.put_back(live) {
                Ok(()) => return,
                Err(kept) => kept,
            }
        } else {
            (seat, live)
        };
        // Without a runtime it is closed by being dropped.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(put_back(unclean));
        }
    }
}

/// Cleans a connection and puts it back, or closes it. Until then it counts as in use.
async fn put_back<DB: Backend>((seat, mut live): (Seat<DB>, Live<DB>)) {
    if clean(&mut live, &seat).await
        && let Err((_seat, live)) = seat.put_back(live)
    {
        live.close().await;
    }
}

/// Whether a connection could be cleaned. If not, it is to be dropped.
async fn clean<DB: Backend>(live: &mut Live<DB>, seat: &Seat<DB>) -> bool {
    let cleaned = async {
        live.settle().await?;
        DB::clean(&mut live.connection).await
    };
    if let Err(error) = cleaned.await {
        let error = seat.report(error);
        tracing::warn!(error = %error, "a connection could not be cleaned and is closed");
        seat.broken();
        return false;
    }
    // Who had it for plain SQL could have put another one in its place (`std::mem::swap`).
    let asked = live.place.check.ask::<DB>(&mut live.connection);
    match tokio::time::timeout(TEST_TIMEOUT, asked).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            let error = seat.report(error);
            tracing::warn!(%error, "a connection does not lead where it did and is closed");
            return false;
        }
        Err(_) => {
            tracing::warn!("a connection does not say where it leads and is closed");
            return false;
        }
    }
    live.used = false;
    live.bounded = false;
    true
}
