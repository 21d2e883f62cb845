//! Rows of a tenant.

use crate::model::brand::Brand;
use crate::model::contract::{DatabaseOf, KeyOf, Model, RowOf};
use crate::model::identity::Identity;
use crate::model::scoping::{OriginOf, Scoping as _};
use crate::row::key::Key;
use serde::{Serialize, Serializer};
use std::fmt;
use std::ops::Deref;

use crate::model::contract::Id as _;
use crate::model::id::Repr as _;

/// A row that was read on the tenant branded `'t`.
///
/// It dereferences to the model and serializes as it. Its key is kept beside the model, as the
/// database gave it, and never read back through the model: a `Clone` of the user's own could
/// return another one.
///
/// ```compile_fail,E0594
/// # use tenancy::{Ref, Scoped, Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid, name: String }
/// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
/// # struct User { id: Uuid, email: String }
/// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
/// # struct Document { id: Uuid, #[tenancy(belongs_to = User)] owner_id: Uuid, title: String, #[tenancy(default)] views: i64 }
/// # fn f<'t>(mut user: Scoped<'t, User>, other: Uuid) {
/// user.id = other; // a row cannot be changed in memory (`ui-tests/laws/forge/`)
/// # }
/// ```
pub struct Scoped<'t, M: Model> {
    row: Decoded<M>,
    _brand: Brand<'t>,
}

/// A row on its way from the database, which gets its brand where the statement's future ends.
pub(crate) struct Decoded<M: Model> {
    model: M,
    key: KeyOf<M>,
    origin: OriginOf<M>,
}

impl<M: Model> Decoded<M> {
    pub(crate) fn model(&self) -> &M {
        &self.model
    }

    pub(crate) fn key(&self) -> &KeyOf<M> {
        &self.key
    }

    /// Takes the key from the database's row, beside the model, and gives it to the model: no code of
    /// the user decides which row this is.
    pub(crate) fn new(row: &RowOf<M>, database: Identity) -> Result<Self, sqlx::Error> {
        let key = KeyOf::<M>::get::<DatabaseOf<M>>(row, M::KEY)?;
        let model = M::decode(row, M::Key::from_repr(key.clone()))?;
        let origin = M::Scoping::origin(database);
        Ok(Self { model, key, origin })
    }
}

impl<M: Model> Scoped<'_, M> {
    /// Whoever calls this vouches for the key, so it stays inside the crate.
    pub(crate) fn new(model: M, key: KeyOf<M>, origin: OriginOf<M>) -> Self {
        Self::from_decoded(Decoded { model, key, origin })
    }

    /// Whoever calls this vouches for the row, so it stays inside the crate.
    pub(crate) fn from_decoded(row: Decoded<M>) -> Self {
        Self {
            row,
            _brand: Brand::new(),
        }
    }

    pub(crate) fn decode(row: &RowOf<M>, database: Identity) -> Result<Self, sqlx::Error> {
        Ok(Self::from_decoded(Decoded::new(row, database)?))
    }

    pub(crate) fn key_repr(&self) -> &KeyOf<M> {
        &self.row.key
    }

    pub(crate) fn origin(&self) -> OriginOf<M> {
        self.row.origin
    }

    pub(crate) fn into_decoded(self) -> Decoded<M> {
        self.row
    }

    pub(crate) fn into_parts(self) -> (M, KeyOf<M>) {
        (self.row.model, self.row.key)
    }
}

impl<'t, M: Model> Scoped<'t, M> {
    /// The row's primary key, proven to be this tenant's.
    #[must_use]
    pub fn key(&self) -> Key<'t, M> {
        Key::new(self.key_repr().clone(), self.origin())
    }

    /// The plain model, without proof of whose it is.
    #[must_use]
    pub fn into_inner(self) -> M {
        self.row.model
    }
}

impl<M: Model> Deref for Scoped<'_, M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.row.model
    }
}

impl<M: Model + Clone> Clone for Scoped<'_, M> {
    fn clone(&self) -> Self {
        let row = &self.row;
        Self::new(row.model.clone(), row.key.clone(), row.origin)
    }
}

impl<M: Model + PartialEq> PartialEq for Scoped<'_, M> {
    fn eq(&self, other: &Self) -> bool {
        self.row.model == other.row.model
    }
}

impl<M: Model + Eq> Eq for Scoped<'_, M> {}

impl<M: Model + fmt::Debug> fmt::Debug for Scoped<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.row.model.fmt(f)
    }
}

impl<M: Model + Serialize> Serialize for Scoped<'_, M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.row.model.serialize(serializer)
    }
}
