//! Rows outside of any brand.

use crate::error::{Error, Result};
use crate::model::contract::{KeyOf, Model, TenantIdOf, TenantRoot};
use crate::model::identity::Identity;
use crate::model::scoping::{Global, Scoping as _, tenanted};
use crate::row::scoped::Scoped;
use crate::sealed::Inside;
use std::fmt;
use std::ops::Deref;

/// A row without a brand, for moving between tasks.
///
/// It remembers its key, its tenant and its database, out of reach.
/// [`Tenant::adopt`](crate::Tenant::adopt) brings it back under a brand if tenant and database are
/// the same; one that all tenants share also [`Db::adopt`](crate::Db::adopt), if the database is.
pub struct Detached<M: Model> {
    model: M,
    key: KeyOf<M>,
    home: Home<M::Root>,
}

/// Where rows are at home: a tenant of a database, or the database alone if it was read outside of tenants.
pub(crate) struct Home<T: TenantRoot> {
    pub(crate) tenant: Option<TenantIdOf<T>>,
    pub(crate) database: Identity,
}

impl<M: Model> Detached<M> {
    pub(crate) fn new(model: M, key: KeyOf<M>, home: Home<M::Root>) -> Self {
        Self { model, key, home }
    }

    /// The row under a brand of a tenant of a database, or of the database itself.
    ///
    /// Whoever calls this vouches for the brand, so it stays inside the crate.
    pub(crate) fn adopted_by<'t>(
        self,
        tenant: Option<&TenantIdOf<M::Root>>,
        database: Identity,
    ) -> Result<Scoped<'t, M>> {
        // What is read outside of tenants is no one's; what is taken out of all of them must be.
        let fits = match (tenant, &self.home.tenant) {
            (Some(tenant), Some(home)) => tenant == home,
            (_, None) => true,
            (None, Some(_)) => !tenanted::<M>(),
        };
        if fits && self.home.database == database {
            let origin = M::Scoping::origin(database);
            Ok(Scoped::new(self.model, self.key, origin))
        } else {
            Err(Error::NotFound)
        }
    }

    /// The plain model, without proof of whose it is.
    #[must_use]
    pub fn into_inner(self) -> M {
        self.model
    }
}

/// What [`Tenant::adopt`](crate::Tenant::adopt) takes: a [`Detached`] row, or one that all tenants share and that
/// was read on the [`Db`](crate::Db). Sealed.
#[diagnostic::on_unimplemented(
    message = "a tenant does not adopt `{Self}`",
    label = "not a detached row",
    note = "a row of a tenant is moved with `tenant.detach(row)`; what was read on the `Db` is adopted as it is"
)]
pub trait Adoptable {
    /// The model of the row.
    type Model: Model;

    #[doc(hidden)]
    fn detached(self, _: Inside) -> Detached<Self::Model>;
}

impl<M: Model> Adoptable for Detached<M> {
    type Model = M;

    fn detached(self, _: Inside) -> Self {
        self
    }
}

// No tenant has the brand `'static`: this row was read outside of them.
#[diagnostic::do_not_recommend]
impl<M: Model<Scoping = Global>> Adoptable for Scoped<'static, M> {
    type Model = M;

    fn detached(self, _: Inside) -> Detached<M> {
        let database = self.origin();
        let (model, key) = self.into_parts();
        let home = Home {
            tenant: None,
            database,
        };
        Detached::new(model, key, home)
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
