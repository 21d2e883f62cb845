//! The mark of a tenant's row.

use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// The mark of a tenant's row, which the tenant's storages carry, too.
///
/// The database makes it with the row, at random. An id may be given out again, and be the same elsewhere; a mark is
/// not: so a storage is the tenant's if its mark is.
#[derive(Clone, Debug)]
pub(crate) enum Mark {
    /// It was read with the row.
    Known(Uuid),
    /// It is read when it is needed, once for all clones.
    Later(Arc<OnceLock<Uuid>>),
    /// Tenants of the root have no storages of their own.
    None,
}

impl Mark {
    /// As it was read with the row. A row has none if its table was made by hand, and may have one later.
    pub(crate) fn read(mark: Option<Uuid>) -> Self {
        mark.map_or_else(Self::later, Self::Known)
    }

    /// To be read when it is needed.
    pub(crate) fn later() -> Self {
        Self::Later(Arc::default())
    }

    /// The mark, if it was read already.
    pub(crate) fn get(&self) -> Option<Uuid> {
        match self {
            Self::Known(mark) => Some(*mark),
            Self::Later(mark) => mark.get().copied(),
            Self::None => None,
        }
    }

    /// Remembers what was read. It never changes, so it does not matter who was first.
    pub(crate) fn set(&self, read: Uuid) {
        if let Self::Later(mark) = self {
            let _ = mark.set(read);
        }
    }
}
