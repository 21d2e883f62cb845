//! What it means if a statement on one row met none.

use crate::error::Error;
use crate::error::denial::Denial;
use futures_core::future::BoxFuture;
use std::task::Context as TaskContext;
use std::task::Poll;

/// What it means if a statement on one row met none.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Zero {
    /// There is no such row.
    NotFound,
    /// There is no such row in the version that was read.
    Stale,
    /// The database skipped the row: nothing else could keep it from being written.
    Skipped,
    /// The actor may not.
    Forbidden(Denial),
}

impl Zero {
    pub(crate) fn error(self) -> Error {
        match self {
            Self::NotFound => Error::NotFound,
            Self::Stale => Error::Stale,
            Self::Skipped => Error::Skipped,
            Self::Forbidden(denial) => Error::Forbidden(denial),
        }
    }
}

/// Why a statement on one row met none.
pub(crate) fn missed(
    denial: &mut Option<BoxFuture<'_, Error>>,
    zero: Zero,
    task: &mut TaskContext<'_>,
) -> Poll<Error> {
    match denial {
        Some(denial) => denial.as_mut().poll(task),
        None => Poll::Ready(zero.error()),
    }
}
