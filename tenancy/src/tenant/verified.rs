//! Proof that a tenant was checked.

use std::fmt;
use std::panic::Location;

use futures_core::future::BoxFuture;

use super::token::Tenant;
use crate::db::Db;
use crate::id::Id as _;
use crate::model::{TenantIdOf, TenantRoot};

/// Proof that a tenant was checked: it exists, it is active, and this caller may enter.
///
/// It carries no brand, is `'static` and `Send`, and so fits into request extensions and the state of a
/// job. Nothing runs on it; [`scope`](Self::scope) or [`enter!`](crate::enter) makes it the
/// [`Tenant`] that statements run on.
pub struct VerifiedTenant<T: TenantRoot> {
    id: TenantIdOf<T>,
}

impl<T: TenantRoot> VerifiedTenant<T> {
    pub(crate) fn new(id: &T::Key) -> Self {
        Self {
            id: id.repr().clone(),
        }
    }

    pub(crate) fn from_verified(id: TenantIdOf<T>) -> Self {
        Self { id }
    }

    /// Takes a tenant's id on the caller's word. The one door around verification: search for its
    /// name to find every place that relies on a check made elsewhere.
    ///
    /// `reason` says which check that is; reason and call site are traced.
    #[track_caller]
    #[must_use]
    pub fn assume_verified(id: T::Key, reason: &'static str) -> Self {
        let location = Location::caller();
        tracing::info!(
            tenant = %id.repr(),
            root = T::TABLE,
            reason,
            file = location.file(),
            line = location.line(),
            "tenant assumed to be verified"
        );
        Self::new(&id)
    }

    /// The tenant's id.
    #[must_use]
    pub fn id(&self) -> &TenantIdOf<T> {
        &self.id
    }

    /// Enters the tenant for the length of a closure.
    ///
    /// Inside, the token's brand `'t` is like no other: rows, keys and transactions of this entry
    /// fit together and with nothing else, and cannot leave the closure with their brand.
    ///
    /// ```
    /// # use tenancy::{Db, TenantRoot, TenantScoped, VerifiedTenant};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, tenant_id: uuid::Uuid, email: String }
    /// # async fn f(db: Db<tenancy::sqlx::Sqlite>, verified: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    /// let emails = verified
    ///     .scope(&db, async |acme| {
    ///         let users = User::query().fetch_all(&acme).await?;
    ///         let emails: Vec<_> = users.iter().map(|user| user.email.clone()).collect();
    ///         Ok::<_, tenancy::Error>(emails)
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What is branded stays inside (`ui-tests/laws/brand/a_row_cannot_leave_its_scope.rs`):
    ///
    /// ```compile_fail
    /// # use tenancy::{Db, TenantRoot, TenantScoped, VerifiedTenant};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, tenant_id: uuid::Uuid, email: String }
    /// # async fn f(db: Db<tenancy::sqlx::Sqlite>, verified: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    /// let users = verified
    ///     .scope(&db, async |acme| User::query().fetch_all(&acme).await)
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn scope<F, R>(self, db: &Db<T::Database>, work: F) -> R
    where
        F: for<'t> AsyncFnOnce(Tenant<'t, T>) -> R,
    {
        work(Tenant::enter(self, db.clone())).await
    }

    /// As [`scope`](Self::scope), for callers that are generic over the work and need to know that
    /// its future is `Send`.
    ///
    /// Costs one allocation for the boxed future.
    pub async fn scope_boxed<F, R>(self, db: &Db<T::Database>, work: F) -> R
    where
        F: for<'t> FnOnce(Tenant<'t, T>) -> BoxFuture<'t, R>,
    {
        work(Tenant::enter(self, db.clone())).await
    }
}

impl<T: TenantRoot> Clone for VerifiedTenant<T> {
    fn clone(&self) -> Self {
        Self {
            id: self.id.clone(),
        }
    }
}

impl<T: TenantRoot> fmt::Debug for VerifiedTenant<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifiedTenant").field(&self.id).finish()
    }
}
