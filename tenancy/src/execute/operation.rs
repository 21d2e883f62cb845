//! What a statement is for.

use crate::error::Error;

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

    /// Whether it changes rows.
    pub(crate) fn writes(self) -> bool {
        match self {
            Self::Create | Self::Upsert | Self::Update | Self::Destroy => true,
            Self::Verify | Self::Read | Self::Count | Self::Exists | Self::Judge => false,
        }
    }

    /// An error, in terms of the operation: a violated foreign key means one thing where a reference is
    /// written, another where its target is removed.
    pub(crate) fn error(self, error: Error) -> Error {
        match (self, error) {
            (Self::Destroy, Error::InvalidReference) => Error::StillReferenced,
            (_, error) => error,
        }
    }
}
