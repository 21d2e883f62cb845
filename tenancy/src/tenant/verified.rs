//! Proof that a tenant was checked.

use crate::db::DbOf;
use crate::db::mark::Mark;
use crate::execute::context::Context;
use crate::model::contract::{TenantIdOf, TenantRoot};
use crate::model::isolation::derived;
use crate::tenant::token::Tenant;
use futures_core::future::BoxFuture;
use std::fmt;
use std::panic::Location;

use crate::model::contract::Id as _;

/// Proof that a tenant was checked: it exists, it is active, and this caller may enter.
///
/// It holds for one database, and carries its [`Db`](crate::Db): the same id may be another tenant elsewhere.
/// It has no brand, is `'static` and `Send`, and so fits into request extensions and the state of a
/// job. Nothing runs on it; [`scope`](Self::scope) or [`enter!`](crate::enter) makes it the
/// [`Tenant`] that statements run on. A clone costs two reference counts.
pub struct VerifiedTenant<T: TenantRoot> {
    id: TenantIdOf<T>,
    mark: Mark,
    db: DbOf<T>,
}

impl<T: TenantRoot> VerifiedTenant<T> {
    /// Whoever calls this vouches for the tenant, so it stays inside the crate.
    pub(crate) fn new(db: DbOf<T>, id: TenantIdOf<T>, mark: Mark) -> Self {
        const { derived::<T>() }
        Self { id, mark, db }
    }

    pub(crate) fn into_parts(self) -> (TenantIdOf<T>, Mark, DbOf<T>) {
        (self.id, self.mark, self.db)
    }

    /// What statements about the tenant run on, without a token.
    pub(crate) fn context(&self) -> Context<'_, T> {
        Context {
            tenant: Some(&self.id),
            mark: Some(&self.mark),
            ..Context::on(self.db.shared())
        }
    }

    /// Takes a tenant's id in `db` on the caller's word. The one door around verification: search
    /// for its name to find every place that relies on a check made elsewhere.
    ///
    /// `reason` says which check that is; reason and call site are traced. Where tenants have schemas or databases of
    /// their own, the first statement in one asks the tenant's row for the mark that they carry: one round trip more.
    #[track_caller]
    #[must_use]
    pub fn assume_verified(db: &DbOf<T>, id: T::Key, reason: &'static str) -> Self {
        let location = Location::caller();
        tracing::info!(
            tenant = %id.repr(),
            root = T::TABLE,
            reason,
            file = location.file(),
            line = location.line(),
            "tenant assumed to be verified"
        );
        let mark = match T::MARK {
            "" => Mark::None,
            _ => Mark::later(),
        };
        Self::new(db.clone(), id.repr().clone(), mark)
    }

    /// The tenant's id.
    #[must_use]
    pub fn id(&self) -> &TenantIdOf<T> {
        &self.id
    }

    /// The database that the tenant was verified in.
    #[must_use]
    pub fn db(&self) -> &DbOf<T> {
        &self.db
    }

    /// Enters the tenant for the length of a closure.
    ///
    /// Inside, the token's brand `'t` is like no other: rows, keys and transactions of this entry
    /// fit together and with nothing else, and cannot leave the closure with their brand.
    ///
    /// ```
    /// # use tenancy::{TenantRoot, TenantScoped, VerifiedTenant};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, tenant_id: uuid::Uuid, email: String }
    /// # async fn f(verified: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    /// let emails = verified
    ///     .scope(async |acme| {
    ///         let users = User::query().fetch_all(&acme).await?;
    ///         let emails: Vec<_> = users.iter().map(|user| user.email.clone()).collect();
    ///         Ok::<_, tenancy::Error>(emails)
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What is branded stays inside. Rustc's error about it has no code, so a law says what it is about
    /// (`ui-tests/laws/brand/a_row_does_not_leave_its_scope.rs`):
    ///
    /// ```compile_fail
    /// # use tenancy::{TenantRoot, TenantScoped, VerifiedTenant};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, tenant_id: uuid::Uuid, email: String }
    /// # async fn f(verified: VerifiedTenant<Organization>) -> tenancy::Result<()> {
    /// let users = verified
    ///     .scope(async |acme| User::query().fetch_all(&acme).await)
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn scope<F, R>(self, work: F) -> R
    where
        F: for<'t> AsyncFnOnce(Tenant<'t, T>) -> R,
    {
        work(Tenant::enter(self)).await
    }

    /// As [`scope`](Self::scope), for callers that are generic over the work and need to know that
    /// its future is `Send`.
    ///
    /// Costs one allocation for the boxed future.
    pub async fn scope_boxed<F, R>(self, work: F) -> R
    where
        F: for<'t> FnOnce(Tenant<'t, T>) -> BoxFuture<'t, R>,
    {
        work(Tenant::enter(self)).await
    }
}

impl<T: TenantRoot> Clone for VerifiedTenant<T> {
    fn clone(&self) -> Self {
        Self {
            id: self.id.clone(),
            mark: self.mark.clone(),
            db: self.db.clone(),
        }
    }
}

impl<T: TenantRoot> fmt::Debug for VerifiedTenant<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifiedTenant").field(&self.id).finish()
    }
}
