//! Rows outside of any brand.

use std::fmt;
use std::ops::Deref;

use crate::model::{KeyOf, Model, TenantIdOf};

/// A row without a brand, for moving between tasks.
///
/// It remembers its key and its tenant, out of reach. [`Tenant::adopt`](crate::Tenant::adopt)
/// brings it back under a brand if the tenant is the same.
pub struct Detached<M: Model> {
    model: M,
    key: KeyOf<M>,
    tenant: TenantIdOf<M::Root>,
}

impl<M: Model> Detached<M> {
    pub(super) fn new(model: M, key: KeyOf<M>, tenant: TenantIdOf<M::Root>) -> Self {
        Self { model, key, tenant }
    }

    pub(super) fn into_parts(self) -> (M, KeyOf<M>, TenantIdOf<M::Root>) {
        (self.model, self.key, self.tenant)
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
            tenant: self.tenant.clone(),
        }
    }
}

impl<M: Model + fmt::Debug> fmt::Debug for Detached<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.model.fmt(f)
    }
}
