//! Why the pool refuses a connection.

use crate::error::Error;
use crate::error::role::UnsafeRole;
use crate::error::unavailable::NoDatabase;
use std::error::Error as StdError;

/// Why a connection is not used, on its way through the driver's error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Role(UnsafeRole),
    #[error(transparent)]
    Tenant(NoDatabase),
}

impl Refused {
    /// What an error of the driver has inside, if it is of this kind.
    pub(crate) fn found(
        error: Box<dyn StdError + Send + Sync>,
    ) -> Result<Error, Box<dyn StdError + Send + Sync>> {
        Ok(match *error.downcast::<Self>()? {
            Self::Role(role) => Error::UnsafeRole(role),
            Self::Tenant(database) => Error::NoDatabase(database),
        })
    }
}

impl From<Refused> for sqlx::Error {
    fn from(refused: Refused) -> Self {
        Self::Configuration(Box::new(refused))
    }
}
