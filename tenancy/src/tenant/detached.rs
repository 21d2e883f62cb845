//! Rows outside of any brand.

use std::fmt;
use std::ops::Deref;

use crate::db::Identity;
use crate::model::{KeyOf, Model, TenantIdOf, TenantRoot};

/// A row without a brand, for moving between tasks.
///
/// It remembers its key, its tenant and its database, out of reach.
/// [`Tenant::adopt`](crate::Tenant::adopt) brings it back under a brand if tenant and database are
/// the same.
pub struct Detached<M: Model> {
    model: M,
    key: KeyOf<M>,
    home: Home<M::Root>,
}

/// Where rows are at home: a tenant of a database.
pub(super) struct Home<T: TenantRoot> {
    pub(super) tenant: TenantIdOf<T>,
    pub(super) database: Identity,
}

impl<M: Model> Detached<M> {
    pub(super) fn new(model: M, key: KeyOf<M>, home: Home<M::Root>) -> Self {
        Self { model, key, home }
    }

    pub(super) fn into_parts(self) -> (M, KeyOf<M>, Home<M::Root>) {
        (self.model, self.key, self.home)
    }

    /// The plain model, without proof of whose it is.
    #[must_use]
    pub fn into_inner(self) -> M {
        self.model
    }
}

impl<M: Model> Deref for Detached<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.model
    }
}

impl<M: Model + Clone> Clone for Detached<M> {
    fn clone(&self) -> Self {
        Self {
            model: self.model.clone(),
            key: self.key.clone(),
            home: Home {
                tenant: self.home.tenant.clone(),
                database: self.home.database,
            },
        }
    }
}

impl<M: Model + fmt::Debug> fmt::Debug for Detached<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.model.fmt(f)
    }
}
