//! Why a statement failed: the database said so, or the connection knows it as it was before.

use crate::error::Error;

/// Why a statement came to nothing.
pub(crate) enum Failed {
    /// The connection knows the database as it was before it was changed: the statement did nothing, and a
    /// connection that is [renewed](Held::renew) can run it.
    Outdated(sqlx::Error),
    Database(sqlx::Error),
    /// It never ran.
    Refused(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}
