//! The token.

use crate::db::DbOf;
use crate::db::mark::Mark;
use crate::error::Result;
use crate::execute::context::{Context, Which};
use crate::execute::slot::Slot;
use crate::model::brand::Brand;
use crate::model::contract::{Model, TenantIdOf, TenantRoot};
use crate::row::detached::{Adoptable, Detached, Home};
use crate::row::scoped::Scoped;
use crate::sealed::INSIDE;
use crate::tenant::transaction::{TenantTransaction, TokenTransaction, usual};
use crate::tenant::verified::VerifiedTenant;
use std::fmt;

/// The token that statements run on: a tenant, a database, and the brand `'t`.
///
/// Where sqlx takes a pool, tenancy takes a tenant. A `&Tenant<'t, Organization>` is all that a
/// function needs, whether it is called inside a transaction or not: a
/// [`TenantTransaction`] dereferences to it. Write the brand out in signatures:
///
/// ```
/// # use tenancy::{TenantRoot, TenantScoped, Tenant, Scoped};
/// # #[derive(Debug, TenantRoot)]
/// # #[tenancy(database = tenancy::sqlx::Sqlite)]
/// # struct Organization { id: uuid::Uuid }
/// # #[derive(Debug, TenantScoped)]
/// # #[tenancy(root = Organization)]
/// # struct User { id: uuid::Uuid, tenant_id: uuid::Uuid, email: String }
/// async fn by_email<'t>(
///     tenant: &Tenant<'t, Organization>,
///     email: &str,
/// ) -> tenancy::Result<Scoped<'t, User>> {
///     User::query().filter(|u| u.email.eq(email)).fetch_one(tenant).await
/// }
/// ```
///
/// There is no way to make one but from a [`VerifiedTenant`]; it is neither `Clone` nor `Default`
/// nor deserialized.
pub struct Tenant<'t, T: TenantRoot> {
    id: TenantIdOf<T>,
    mark: Mark,
    db: DbOf<T>,
    pub(crate) slot: Option<Slot<T::Database>>,
    brand: Brand<'t>,
}

impl<'t, T: TenantRoot> Tenant<'t, T> {
    /// Whoever calls this chooses the brand, so it stays inside the crate.
    pub(crate) fn enter(verified: VerifiedTenant<T>) -> Self {
        let (id, mark, db) = verified.into_parts();
        Self {
            id,
            mark,
            db,
            slot: None,
            brand: Brand::new(),
        }
    }

    /// The same tenant on a transaction's connection.
    pub(crate) fn with_slot(&self, slot: Slot<T::Database>) -> Self {
        Self {
            id: self.id.clone(),
            mark: self.mark.clone(),
            db: self.db.clone(),
            slot: Some(slot),
            brand: self.brand,
        }
    }

    /// The tenant's id.
    #[must_use]
    pub fn id(&self) -> &TenantIdOf<T> {
        &self.id
    }

    /// The database, for statements that need no tenant: those on global models.
    #[must_use]
    pub fn db(&self) -> &DbOf<T> {
        &self.db
    }

    /// Begins a transaction, or a savepoint inside one.
    ///
    /// The token is borrowed until the transaction ends, so a statement that forgets the
    /// transaction does not compile. Dropping the transaction rolls it back.
    ///
    /// The token rests while the transaction is open (`ui-tests/laws/transaction/`):
    ///
    /// ```compile_fail,E0502
    /// # use tenancy::{Ref, Scoped, Tenant, TenantRoot, TenantScoped};
    /// # use uuid::Uuid;
    /// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
    /// # struct Organization { id: Uuid, name: String }
    /// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
    /// # struct User { id: Uuid, email: String }
    /// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
    /// # struct Document { id: Uuid, #[tenancy(belongs_to = User)] owner_id: Uuid, title: String, #[tenancy(default)] views: i64 }
    /// # async fn f(mut acme: Tenant<'_, Organization>) -> tenancy::Result<()> {
    /// let transaction = acme.begin().await?;
    /// let users = User::query().fetch_all(&acme).await?;
    /// transaction.commit().await
    /// # }
    /// ```
    ///
    /// On SQLite a transaction begins as a writing one (`BEGIN IMMEDIATE`): a reading one that
    /// wants to write later fails at once if another has written meanwhile.
    ///
    /// Where tenants have databases of their own (`#[tenancy(databases)]` at the root), the transaction is on the
    /// tenant's own, and [`begin_shared`](Self::begin_shared) begins one on the database that tenants share.
    /// A statement on what is in the other one fails with [`Error::OtherDatabase`](crate::Error::OtherDatabase).
    ///
    /// # Errors
    ///
    /// If the database cannot be reached or is busy.
    pub async fn begin(&mut self) -> Result<TenantTransaction<'_, 't, T>> {
        TokenTransaction::open(self, usual::<T>()).await
    }

    /// Begins a transaction on the database that tenants share.
    ///
    /// # Errors
    ///
    /// As for [`begin`](Self::begin).
    pub async fn begin_shared(&mut self) -> Result<TenantTransaction<'_, 't, T>> {
        TokenTransaction::open(self, Which::Shared).await
    }

    /// Takes a row out of the brand, to be moved to another task or kept.
    #[must_use]
    pub fn detach<M: Model<Root = T>>(&self, row: Scoped<'t, M>) -> Detached<M> {
        let (model, key) = row.into_parts();
        let home = Home {
            tenant: Some(self.id.clone()),
            database: self.db.identity(),
        };
        Detached::new(model, key, home)
    }

    /// Takes a [detached](Self::detach) row back under this brand; or one that all tenants share
    /// (`global = true`) and that was read on the [`Db`](crate::Db), to refer to it or to act as it.
    ///
    /// The row is as it was when it was read; whether it still exists shows when it is used.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) if the row is another tenant's, or was read on another [`Db`](crate::Db).
    pub fn adopt<D>(&self, row: D) -> Result<Scoped<'t, D::Model>>
    where
        D: Adoptable<Model: Model<Root = T>>,
    {
        row.detached(INSIDE)
            .adopted_by(Some(&self.id), self.db.identity())
    }

    /// The proof that this token was made from, to be handed to another task.
    #[must_use]
    pub fn verified(&self) -> VerifiedTenant<T> {
        VerifiedTenant::new(self.db.clone(), self.id.clone(), self.mark.clone())
    }

    pub(crate) fn context(&self) -> Context<'_, T> {
        Context {
            db: self.db.shared(),
            slot: self.slot.as_ref(),
            tenant: Some(&self.id),
            mark: Some(&self.mark),
            place: Which::Shared,
        }
    }
}

impl<T: TenantRoot> fmt::Debug for Tenant<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tenant").field(&self.id).finish()
    }
}
