//! Keys that are proven to be a tenant's.

use crate::model::brand::Brand;
use crate::model::contract::{KeyOf, Model};
use crate::model::scoping::OriginOf;
use crate::row::scoped::Scoped;
use std::fmt;

/// The primary key of a row of `M`, proven to be of the tenant branded `'t`.
pub struct Key<'t, M: Model> {
    id: KeyOf<M>,
    origin: OriginOf<M>,
    _brand: Brand<'t>,
}

impl<M: Model> Key<'_, M> {
    /// Whoever calls this vouches for the key, so it stays inside the crate.
    pub(crate) fn new(id: KeyOf<M>, origin: OriginOf<M>) -> Self {
        Self {
            id,
            origin,
            _brand: Brand::new(),
        }
    }

    /// The plain value.
    #[must_use]
    pub fn id(&self) -> &KeyOf<M> {
        &self.id
    }
}

pub use a_row_or_its_key_or_ref_by_id::Ref;

/// Where a plain id is given to a field of a new row, rustc knows only that another type was expected, and says
/// which, with its path. So the path says what to give.
mod a_row_or_its_key_or_ref_by_id {
    use std::marker::PhantomData;

    use super::Brand;
    use crate::model::Model;
    use crate::model::contract::KeyOf;
    use crate::model::id::Id as _;
    use crate::model::policed::Transparent;
    use crate::model::policed::derived;
    use crate::model::scoping::OriginOf;

    /// What a foreign key to `M` accepts: a row, its key, or an id that the statement proves.
    pub struct Ref<'t, M: Model> {
        pub(crate) id: KeyOf<M>,
        /// Where the row was read, if it was.
        pub(crate) proof: Option<OriginOf<M>>,
        pub(crate) brand: PhantomData<(Brand<'t>, fn() -> M)>,
    }

    impl<M: Model> Ref<'_, M> {
        /// A reference to a row by its plain id, as it came from a client.
        ///
        /// The plain id itself is not accepted (`ui-tests/laws/assign/`):
        ///
        /// ```compile_fail,E0277
        /// # use tenancy::{Ref, Scoped, Tenant, TenantRoot, TenantScoped};
        /// # use uuid::Uuid;
        /// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
        /// # struct Organization { id: Uuid, name: String }
        /// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
        /// # struct User { id: Uuid, email: String }
        /// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
        /// # struct Document { id: Uuid, #[tenancy(belongs_to = User)] owner_id: Uuid, title: String, #[tenancy(default)] views: i64 }
        /// # fn f<'t>(document: Scoped<'t, Document>, from_client: Uuid) {
        /// Document::update(&document).set(|d| d.owner_id.to(from_client));
        /// # }
        /// ```
        ///
        /// Not for models with policies: it would tell whether a row exists that may not be read. Read the
        /// row, and pass it.
        ///
        /// The statement that uses it also proves it: it looks for the row in the same tenant, and
        /// fails with [`Error::InvalidReference`](crate::Error::InvalidReference) if there is none,
        /// having written nothing. (An update by a condition cannot tell this from a condition that no
        /// row meets: it updates nothing.) Its text is made at run time.
        #[must_use]
        pub fn by_id(id: M::Key) -> Self
        where
            M: Model<Policies: Transparent>,
        {
            const { derived::<M>(false, false) }
            Self {
                id: id.repr().clone(),
                proof: None,
                brand: PhantomData,
            }
        }

        pub(crate) fn into_parts(self) -> (KeyOf<M>, Option<OriginOf<M>>) {
            (self.id, self.proof)
        }

        pub(crate) fn proven(id: KeyOf<M>, origin: OriginOf<M>) -> Self {
            Self {
                id,
                proof: Some(origin),
                brand: PhantomData,
            }
        }
    }
}

impl<'t, M: Model> From<Key<'t, M>> for Ref<'t, M> {
    fn from(key: Key<'t, M>) -> Self {
        Self::proven(key.id, key.origin)
    }
}

impl<'t, M: Model> From<&Key<'t, M>> for Ref<'t, M> {
    fn from(key: &Key<'t, M>) -> Self {
        Self::proven(key.id.clone(), key.origin)
    }
}

impl<'t, M: Model> From<&Scoped<'t, M>> for Ref<'t, M> {
    fn from(row: &Scoped<'t, M>) -> Self {
        Self::proven(row.key_repr().clone(), row.origin())
    }
}

impl<M: Model> Clone for Key<'_, M> {
    fn clone(&self) -> Self {
        Self::new(self.id.clone(), self.origin)
    }
}

impl<M: Model> Clone for Ref<'_, M> {
    fn clone(&self) -> Self {
        Self {
            id: self.id.clone(),
            ..*self
        }
    }
}

impl<M: Model> PartialEq for Key<'_, M> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<M: Model> Eq for Key<'_, M> {}

impl<M: Model> std::hash::Hash for Key<'_, M> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<M: Model> fmt::Debug for Key<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", M::TABLE, self.id)
    }
}

impl<M: Model> fmt::Debug for Ref<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", M::TABLE, self.id)
    }
}
