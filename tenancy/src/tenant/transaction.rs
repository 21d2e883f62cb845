//! Transactions of a tenant.

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::execute::context::{Context, Which};
use crate::execute::slot::{Level, Slot};
use crate::model::contract::TenantRoot;
use crate::policy::contract::Actor;
use crate::pool::connection::PoolConnection;
use crate::pool::patience::is_given_up;
use crate::sealed::{SEAL, Seal};
use crate::tenant::acting::Acting;
use crate::tenant::token::Tenant;
use std::fmt;
use std::ops::Deref;

use sqlx_core::transaction::TransactionManager as _;

use crate::backend::sealed::Backend as _;
use crate::model::isolation::Isolation as _;

type Manager<K> = <DatabaseOf<K> as sqlx::Database>::TransactionManager;

type DatabaseOf<K> = <<K as Token>::Root as TenantRoot>::Database;

/// A transaction, or a savepoint inside one, of the token `K`.
///
/// It dereferences to [`Tenant`] (or to the [`Acting`](crate::Acting) that it was begun on): whatever
/// runs on a token runs on it. [`commit`](Self::commit)
/// makes its work last; dropping it, or [`rollback`](Self::rollback), undoes it.
///
/// A transaction is one connection and does one thing at a time: a statement while another one is
/// still running (an open stream, a future that was polled and not finished) fails with
/// [`Error::TransactionInUse`].
#[must_use = "a transaction that is dropped is rolled back"]
pub struct TokenTransaction<'p, K: Token> {
    token: K,
    parent: &'p mut K,
    open: bool,
}

/// A transaction of a tenant.
pub type TenantTransaction<'p, 't, T> = TokenTransaction<'p, Tenant<'t, T>>;

/// A transaction of an actor.
pub type ActingTransaction<'p, 't, T, A> = TokenTransaction<'p, Acting<'t, T, A>>;

/// A token that transactions are begun on: [`Tenant`] or [`Acting`](crate::Acting). Sealed.
// Without a parameter for the brand: the brand of a token and one beside it would be two lifetimes to
// rustc when it asks whether a future is `Send`.
pub trait Token: Sized + Send {
    /// The tenant root.
    #[doc(hidden)]
    type Root: TenantRoot;

    #[doc(hidden)]
    fn context(&self) -> Context<'_, Self::Root>;

    #[doc(hidden)]
    fn slot(&self) -> Option<&Slot<<Self::Root as TenantRoot>::Database>>;

    #[doc(hidden)]
    fn slot_mut(&mut self) -> Option<&mut Slot<<Self::Root as TenantRoot>::Database>>;

    /// The same token on a transaction's connection.
    #[doc(hidden)]
    fn with_slot(&self, slot: Slot<<Self::Root as TenantRoot>::Database>) -> Self;

    #[doc(hidden)]
    const SEALED: Seal;
}

impl<T: TenantRoot> Token for Tenant<'_, T> {
    type Root = T;
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, T> {
        Self::context(self)
    }

    fn slot(&self) -> Option<&Slot<T::Database>> {
        self.slot.as_ref()
    }

    fn slot_mut(&mut self) -> Option<&mut Slot<T::Database>> {
        self.slot.as_mut()
    }

    fn with_slot(&self, slot: Slot<T::Database>) -> Self {
        Self::with_slot(self, slot)
    }
}

impl<T: TenantRoot, A: Actor> Token for Acting<'_, T, A> {
    type Root = T;
    const SEALED: Seal = SEAL;

    fn context(&self) -> Context<'_, T> {
        self.tenant.context()
    }

    fn slot(&self) -> Option<&Slot<T::Database>> {
        self.tenant.slot()
    }

    fn slot_mut(&mut self) -> Option<&mut Slot<T::Database>> {
        self.tenant.slot_mut()
    }

    fn with_slot(&self, slot: Slot<T::Database>) -> Self {
        Self {
            tenant: self.tenant.with_slot(slot),
            actor: self.actor.clone(),
        }
    }
}

impl<'p, K: Token> TokenTransaction<'p, K> {
    /// Begins a transaction on one of the databases; or a savepoint, if the token is one of a transaction, which is on
    /// that database.
    pub(crate) async fn open(parent: &'p mut K, place: Which) -> Result<Self> {
        if let Some(slot) = parent.slot() {
            slot.settle().await?;
        }
        let connection = match parent.slot_mut() {
            None => at(parent, place).borrow().await?,
            Some(slot) => {
                slot.check()?;
                slot.take().ok_or(Error::TransactionInUse)?
            }
        };
        let nested = parent.slot().is_some();
        // From here on, dropping this future gives the connection back: to the parent
        // transaction, or to the pool, which ends what was begun.
        let mut this = Self {
            token: parent.with_slot(Slot::new(connection, place)),
            parent,
            open: false,
        };
        this.doubt(Level::Ended);
        let connection = this.token.slot_mut();
        let mut connection = Returned::of(connection)?;
        if nested {
            let patience = connection.get().patience();
            let begun = patience
                .with(Manager::<K>::begin(connection.get(), None))
                .await;
            let begun = connection.noted(begun);
            begun.map_err(|error| at(this.parent, place).report(error))?;
        } else {
            let context = at(this.parent, place);
            let begun = context.begin(connection.get(), false).await;
            begun.map_err(|failed| context.unbegun(failed))?;
        }
        drop(connection);
        this.doubt(Level::Open);
        this.open = true;
        Ok(this)
    }

    /// Notes what becomes of the level around a savepoint if its beginning is cancelled.
    fn doubt(&self, level: Level) {
        if <DatabaseOf<K>>::SAVEPOINTS_HURT {
            self.around(level);
        }
    }

    /// Notes what becomes of the level around a savepoint.
    fn around(&self, level: Level) {
        if let Some(slot) = self.parent.slot() {
            slot.set_level(level);
        }
    }

    /// Which database it is on.
    fn place(&self) -> Which {
        self.token.slot().map_or(Which::Shared, Slot::place)
    }

    fn level(&self) -> Level {
        self.token.slot().map_or(Level::Ended, Slot::level)
    }

    /// Finds out what became of the transaction, if a statement of it was cancelled.
    async fn settle(&self) -> Result<()> {
        match self.token.slot() {
            Some(slot) => slot.settle().await,
            None => Ok(()),
        }
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
        self.settle().await?;
        if self.level() != Level::Open {
            // PostgreSQL answers COMMIT with success then, after rolling back.
            return Err(Error::RolledBack);
        }
        // Cancelled from here on, nobody knows whether the savepoint is released already, and
        // with that, whether rolling back would undo it or the transaction around it.
        self.around(Level::Failed);
        let outermost = self.parent.slot().is_none();
        let mut connection = Returned::take(&mut self)?;
        let patience = connection.get().patience();
        let committed = patience.with(Manager::<K>::commit(connection.get())).await;
        let committed = connection.noted(committed);
        if committed.is_ok() && outermost {
            connection.finished();
        }
        drop(connection);
        // Given up, it may be released or not, as if it had been cancelled.
        if !committed.as_ref().is_err_and(is_given_up) {
            self.around(Level::Open);
        }
        committed.map_err(|error| at(self.parent, self.place()).report(error))?;
        self.open = false;
        Ok(())
    }

    /// Undoes the work of the transaction or savepoint.
    ///
    /// # Errors
    ///
    /// If the connection is broken; the database undoes the work then by itself.
    pub async fn rollback(mut self) -> Result<()> {
        self.settle().await?;
        if matches!(self.level(), Level::Ended | Level::Gone) {
            return Ok(());
        }
        let outermost = self.parent.slot().is_none();
        let place = self.place();
        let mut connection = Returned::take(&mut self)?;
        let patience = connection.get().patience();
        let rolled_back = patience
            .with(Manager::<K>::rollback(connection.get()))
            .await;
        let rolled_back = connection.noted(rolled_back);
        if rolled_back.is_ok() && outermost {
            connection.finished();
        }
        drop(connection);
        rolled_back.map_err(|error| at(self.parent, place).report(error))?;
        self.open = false;
        Ok(())
    }

    /// Begins a savepoint.
    ///
    /// # Errors
    ///
    /// If the database cannot be reached.
    pub async fn begin(&mut self) -> Result<TokenTransaction<'_, K>> {
        let place = self.place();
        TokenTransaction::open(&mut self.token, place).await
    }
}

/// What a token runs statements on, on one of the databases.
fn at<K: Token>(token: &K, place: Which) -> Context<'_, K::Root> {
    Context {
        place,
        ..token.context()
    }
}

/// Which database transactions of a tenant are on, unless it is said.
pub(crate) fn usual<T: TenantRoot>() -> Which {
    if T::Isolation::DATABASES {
        Which::Own
    } else {
        Which::Shared
    }
}

/// The connection, taken out of a transaction for an operation on the whole of it.
struct Returned<'a, DB: Backend> {
    slot: &'a Slot<DB>,
    connection: Option<PoolConnection<DB>>,
}

impl<'a, DB: Backend> Returned<'a, DB> {
    fn take<K>(transaction: &'a mut TokenTransaction<'_, K>) -> Result<Self>
    where
        K: Token<Root: TenantRoot<Database = DB>>,
    {
        Self::of(transaction.token.slot_mut())
    }

    fn of(slot: Option<&'a mut Slot<DB>>) -> Result<Self> {
        let slot = slot.ok_or(Error::TransactionInUse)?;
        let connection = slot.take().ok_or(Error::TransactionInUse)?;
        Ok(Self {
            slot,
            connection: Some(connection),
        })
    }

    /// The transaction came to its end, and with it all that it did to the connection.
    fn finished(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.finished();
        }
    }

    /// An error may mean that the connection is gone.
    fn noted(&mut self, result: Result<(), sqlx::Error>) -> Result<(), sqlx::Error> {
        if let Err(error) = &result {
            self.get().noted(error);
        }
        result
    }

    fn get(&mut self) -> &mut PoolConnection<DB> {
        self.connection
            .as_mut()
            .expect("the connection is there until it is given back")
    }
}

impl<DB: Backend> Drop for Returned<'_, DB> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.slot.put_back(connection);
        }
    }
}

impl<K: Token> Deref for TokenTransaction<'_, K> {
    type Target = K;

    fn deref(&self) -> &K {
        &self.token
    }
}

impl<K: Token> Drop for TokenTransaction<'_, K> {
    fn drop(&mut self) {
        let Some(mut connection) = self.token.slot_mut().and_then(Slot::take) else {
            return;
        };
        let level = self.level();
        if self.open && matches!(level, Level::Open | Level::Failed | Level::Doubted) {
            Manager::<K>::start_rollback(&mut connection);
        }
        if let Some(slot) = self.parent.slot() {
            if matches!(level, Level::Gone | Level::Doubted) {
                slot.set_level(level);
            }
            slot.put_back(connection);
        }
    }
}

impl<K: Token + fmt::Debug> fmt::Debug for TokenTransaction<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TenantTransaction")
            .field(&self.token)
            .finish()
    }
}
