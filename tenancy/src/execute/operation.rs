//! What a statement is for.

use crate::Error;

/// What a statement is for: what its span says, and what an error of the database means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Verify,
    Read,
    Count,
    Exists,
    Create,
    Upsert,
    Update,
    Destroy,
    /// Asking what policies say.
    Judge,
}

impl Operation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Read => "read",
            Self::Count => "count",
            Self::Exists => "exists",
            Self::Create => "create",
            Self::Upsert => "upsert",
            Self::Update => "update",
            Self::Destroy => "destroy",
            Self::Judge => "judge",
        }
    }

    /// Whether it changes nothing.
    pub(crate) fn reads(self) -> bool {
        match self {
            Self::Verify | Self::Read | Self::Count | Self::Exists | Self::Judge => true,
            Self::Create | Self::Upsert | Self::Update | Self::Destroy => false,
        }
    }

    /// The error of the database, in terms of the operation: a violated foreign key means one thing
    /// where a reference is written, another where its target is removed.
    pub(crate) fn error(self, error: sqlx::Error) -> Error {
        match (self, Error::from(error)) {
            (Self::Destroy, Error::InvalidReference) => Error::StillReferenced,
            (_, error) => error,
        }
    }
}
