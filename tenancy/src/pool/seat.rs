//! What a borrower holds.

use crate::backend::Backend;
use crate::error::reported::Reported;
use crate::pool::idle::{Found, Idle};
use crate::pool::place::Place;
use crate::pool::server::Share;
use crate::pool::{Inner, Live};
use std::sync::Arc;
use std::time::Duration;

/// The right to use a connection, of which there are as many as there may be connections; and the share in the server
/// that it leads to.
pub(super) struct Permit<DB: Backend>(Arc<Inner<DB>>, Share);

impl<DB: Backend> Permit<DB> {
    /// A permit, if nobody has to be waited for.
    pub(super) fn try_take(pool: &Arc<Inner<DB>>) -> Result<Option<Self>, sqlx::Error> {
        if pool.is_closed() {
            return Err(sqlx::Error::PoolClosed);
        }
        let Ok(permit) = pool.permits.try_acquire() else {
            return Ok(None);
        };
        permit.forget();
        let this = Self(Arc::clone(pool), Share::of_the_pool());
        // It may have been closed in between.
        if pool.is_closed() {
            return Err(sqlx::Error::PoolClosed);
        }
        Ok(Some(this))
    }

    /// A permit, in the order of those who want one.
    pub(super) async fn take(pool: &Arc<Inner<DB>>) -> Result<Self, sqlx::Error> {
        let Ok(permit) = pool.permits.acquire().await else {
            return Err(sqlx::Error::PoolClosed);
        };
        permit.forget();
        let this = Self(Arc::clone(pool), Share::of_the_pool());
        if pool.is_closed() {
            return Err(sqlx::Error::PoolClosed);
        }
        Ok(this)
    }

    /// The same, for a connection to the server of which this is a share.
    pub(super) fn sharing(mut self, share: Share) -> Self {
        self.1 = share;
        self
    }

    /// A connection to the place that can be used as it is.
    pub(super) fn find_fresh(self, place: &Arc<Place<DB>>) -> Result<(Idle<DB>, Seat<DB>), Self> {
        let found = self
            .0
            .state()
            .find_idle_if(place, |idle| self.0.is_fresh(idle));
        match found {
            Some(idle) => Ok((idle, Seat::new(self))),
            None => Err(self),
        }
    }

    /// What there is for the borrower, who has a seat from then on.
    pub(super) fn find(self, place: &Arc<Place<DB>>) -> (Found<DB>, Seat<DB>) {
        let found = self.0.state().find(place);
        (found, Seat::new(self))
    }
}

impl<DB: Backend> Drop for Permit<DB> {
    fn drop(&mut self) {
        self.0.permits.add_permits(1);
    }
}

/// A permit together with a connection that counts as open. Dropped, the connection does not exist any
/// more.
pub(super) struct Seat<DB: Backend> {
    /// There until the connection is put back.
    permit: Option<Permit<DB>>,
}

impl<DB: Backend> Seat<DB> {
    /// For a connection that counts as open, or a place that does.
    pub(super) fn new(permit: Permit<DB>) -> Self {
        Self {
            permit: Some(permit),
        }
    }

    fn pool(&self) -> Option<&Arc<Inner<DB>>> {
        self.permit.as_ref().map(|permit| &permit.0)
    }

    /// Whether connections are cleaned even if nothing can have changed.
    pub(super) fn always_cleaned(&self) -> bool {
        self.pool().is_some_and(|pool| pool.limits.always_clean)
    }

    /// How long a statement may run.
    pub(super) fn statement_timeout(&self) -> Option<Duration> {
        self.pool().and_then(|pool| pool.limits.statement_timeout)
    }

    /// An error, as far as it may be told.
    pub(super) fn report(&self, error: sqlx::Error) -> Reported {
        let details = self.pool().map(|pool| pool.limits.details);
        Reported::new(error, details.unwrap_or_default())
    }

    /// The connection was found broken.
    pub(super) fn broken(&self) {
        if let Some(pool) = self.pool() {
            pool.state().doubt();
        }
    }

    /// Whether the server's connection is the same one in the next transaction.
    pub(super) fn has_session(&self) -> bool {
        self.pool()
            .is_none_or(|pool| !pool.limits.transaction_pooler)
    }

    /// Puts a clean connection back, unless it has to be closed.
    pub(super) fn put_back(mut self, live: Live<DB>) -> Result<(), (Self, Live<DB>)> {
        let Some(pool) = self.pool() else {
            return Err((self, live));
        };
        if pool.is_closed() || pool.is_old(&live, std::time::Instant::now()) {
            return Err((self, live));
        }
        pool.put_back(live);
        // The permit goes after the connection, so that whoever gets it finds the connection.
        self.permit = None;
        Ok(())
    }
}

impl<DB: Backend> Drop for Seat<DB> {
    fn drop(&mut self) {
        if let Some(pool) = self.pool() {
            pool.state().closed();
        }
    }
}
