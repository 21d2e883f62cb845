//! Transactions of a tenant.

use std::fmt;
use std::ops::Deref;

use sqlx::SqlSafeStr as _;
use sqlx::pool::PoolConnection;
use sqlx_core::transaction::TransactionManager as _;

use super::token::Tenant;
use crate::backend::sealed::Backend as _;
use crate::barrier::Actor;
use crate::execute::{Level, Slot};
use crate::model::TenantRoot;
use crate::policy::Acting;
use crate::seal::{SEAL, Seal};
use crate::{Error, Result};

type Manager<T> = <<T as TenantRoot>::Database as sqlx::Database>::TransactionManager;

/// A transaction, or a savepoint inside one, of the tenant branded `'t`.
///
/// It dereferences to [`Tenant`] (or to the [`Acting`](crate::Acting) that it was begun on): whatever
/// runs on a token runs on it. [`commit`](Self::commit)
/// makes its work last; dropping it, or [`rollback`](Self::rollback), undoes it.
///
/// A transaction is one connection and does one thing at a time: a statement while another one is
/// still running (an open stream, a future that was polled and not finished) fails with
/// [`Error::TransactionInUse`].
#[must_use = "a transaction that is dropped is rolled back"]
pub struct TenantTransaction<'p, 't, T: TenantRoot, K: Token<'t, T> = Tenant<'t, T>> {
    token: K,
    parent: &'p mut Tenant<'t, T>,
    open: bool,
}

/// A transaction of an actor.
pub type ActingTransaction<'p, 't, T, A> = TenantTransaction<'p, 't, T, Acting<'t, T, A>>;

/// A token that transactions are begun on: [`Tenant`] or [`Acting`](crate::Acting). Sealed.
pub trait Token<'t, T: TenantRoot>: Sized + Send {
    /// What it has besides the tenant.
    #[doc(hidden)]
    type Rest: Clone + Send;

    #[doc(hidden)]
    fn tenant(&self) -> &Tenant<'t, T>;

    #[doc(hidden)]
    fn parts(&mut self) -> (&mut Tenant<'t, T>, Self::Rest);

    #[doc(hidden)]
    fn join(tenant: Tenant<'t, T>, rest: Self::Rest, _: Seal) -> Self;
}

impl<'t, T: TenantRoot> Token<'t, T> for Tenant<'t, T> {
    type Rest = ();

    fn tenant(&self) -> &Tenant<'t, T> {
        self
    }

    fn parts(&mut self) -> (&mut Tenant<'t, T>, ()) {
        (self, ())
    }

    fn join(tenant: Tenant<'t, T>, (): (), _: Seal) -> Self {
        tenant
    }
}

impl<'t, T: TenantRoot, A: Actor> Token<'t, T> for Acting<'t, T, A> {
    type Rest = A::State;

    fn tenant(&self) -> &Tenant<'t, T> {
        &self.tenant
    }

    fn parts(&mut self) -> (&mut Tenant<'t, T>, A::State) {
        (&mut self.tenant, self.actor.clone())
    }

    fn join(tenant: Tenant<'t, T>, actor: A::State, _: Seal) -> Self {
        Self { tenant, actor }
    }
}

impl<'p, 't, T: TenantRoot, K: Token<'t, T>> TenantTransaction<'p, 't, T, K> {
    pub(crate) async fn open(token: &'p mut K) -> Result<Self> {
        let (parent, rest) = token.parts();
        let connection = match &mut parent.slot {
            None => parent.db().pool().acquire().await?,
            Some(slot) => {
                slot.check()?;
                slot.take().ok_or(Error::TransactionInUse)?
            }
        };
        let nested = parent.slot.is_some();
        // From here on, dropping this future gives the connection back: to the parent
        // transaction, or to the pool, whose release hook ends what was begun.
        let mut this = Self {
            token: K::join(parent.with_slot(Slot::new(connection)), rest, SEAL),
            parent,
            open: false,
        };
        let begin = (!nested).then(|| T::Database::BEGIN.into_sql_str());
        this.doubt(Level::Ended);
        let mut connection = Returned::take(&mut this)?;
        Manager::<T>::begin(connection.get(), begin).await?;
        drop(connection);
        this.doubt(Level::Open);
        this.open = true;
        Ok(this)
    }

    /// Notes what becomes of the level around a savepoint if its beginning is cancelled.
    fn doubt(&self, level: Level) {
        if T::Database::SAVEPOINTS_HURT {
            self.around(level);
        }
    }

    /// Notes what becomes of the level around a savepoint.
    fn around(&self, level: Level) {
        if let Some(slot) = &self.parent.slot {
            slot.set_level(level);
        }
    }

    fn level(&self) -> Level {
        let slot = self.token.tenant().slot.as_ref();
        slot.map_or(Level::Ended, Slot::level)
    }

    /// Makes the work of the transaction last; of a savepoint, part of the transaction around it.
    ///
    /// # Errors
    ///
    /// If the database refuses, for a constraint that is checked at the end or because the
    /// transaction could not be serialised; nothing of it lasts then. [`Error::RolledBack`] if a
    /// statement of it failed on PostgreSQL, which gives up the whole transaction, or if beginning or
    /// committing a savepoint inside of it was cancelled there. If the connection breaks meanwhile,
    /// whether it lasts is not known.
    pub async fn commit(mut self) -> Result<()> {
        if self.level() != Level::Open {
            // PostgreSQL answers COMMIT with success then, after rolling back.
            return Err(Error::RolledBack);
        }
        // Cancelled from here on, nobody knows whether the savepoint is released already, and
        // with that, whether rolling back would undo it or the transaction around it.
        self.around(Level::Failed);
        let mut connection = Returned::take(&mut self)?;
        let committed = Manager::<T>::commit(connection.get()).await;
        drop(connection);
        self.around(Level::Open);
        committed?;
        self.open = false;
        Ok(())
    }

    /// Undoes the work of the transaction or savepoint.
    ///
    /// # Errors
    ///
    /// If the connection is broken; the database undoes the work then by itself.
    pub async fn rollback(mut self) -> Result<()> {
        if matches!(self.level(), Level::Ended | Level::Gone) {
            return Ok(());
        }
        let mut connection = Returned::take(&mut self)?;
        Manager::<T>::rollback(connection.get()).await?;
        drop(connection);
        self.open = false;
        Ok(())
    }

    /// Begins a savepoint.
    ///
    /// # Errors
    ///
    /// If the database cannot be reached.
    pub async fn begin(&mut self) -> Result<TenantTransaction<'_, 't, T, K>> {
        TenantTransaction::open(&mut self.token).await
    }
}

/// The connection, taken out of a transaction for an operation on the whole of it.
struct Returned<'a, T: TenantRoot> {
    slot: &'a Slot<T::Database>,
    connection: Option<PoolConnection<T::Database>>,
}

impl<'a, T: TenantRoot> Returned<'a, T> {
    fn take<'t: 'a, K: Token<'t, T>>(
        transaction: &'a mut TenantTransaction<'_, 't, T, K>,
    ) -> Result<Self> {
        let (tenant, _) = transaction.token.parts();
        let slot = tenant.slot.as_mut().ok_or(Error::TransactionInUse)?;
        let connection = slot.take().ok_or(Error::TransactionInUse)?;
        Ok(Self {
            slot,
            connection: Some(connection),
        })
    }

    fn get(&mut self) -> &mut PoolConnection<T::Database> {
        self.connection
            .as_mut()
            .expect("the connection is there until it is given back")
    }
}

impl<T: TenantRoot> Drop for Returned<'_, T> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.slot.put_back(connection);
        }
    }
}

impl<'t, T: TenantRoot, K: Token<'t, T>> Deref for TenantTransaction<'_, 't, T, K> {
    type Target = K;

    fn deref(&self) -> &K {
        &self.token
    }
}

impl<'t, T: TenantRoot, K: Token<'t, T>> Drop for TenantTransaction<'_, 't, T, K> {
    fn drop(&mut self) {
        let (tenant, _) = self.token.parts();
        let Some(mut connection) = tenant.slot.as_mut().and_then(Slot::take) else {
            return;
        };
        let level = self.level();
        if self.open && matches!(level, Level::Open | Level::Failed) {
            Manager::<T>::start_rollback(&mut connection);
        }
        if let Some(slot) = &self.parent.slot {
            if level == Level::Gone {
                slot.set_level(level);
            }
            slot.put_back(connection);
        }
    }
}

impl<'t, T: TenantRoot, K: Token<'t, T>> fmt::Debug for TenantTransaction<'_, 't, T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TenantTransaction")
            .field(self.token.tenant().id())
            .finish()
    }
}
