//! The identity of a database: which handle a shared row was read on.

use std::sync::atomic::{AtomicU64, Ordering};

/// Tells one [`Db`] and its clones from all others.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity(u64);

impl Identity {
    /// That of no database: where no row is read, this is where it is read.
    pub(crate) const NONE: Self = Self(u64::MAX);

    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // One per nanosecond would last for centuries.
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
