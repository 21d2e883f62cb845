//! Execution: from a finished statement to rows.

/// Debug output that shows nothing of the inside.
macro_rules! debug {
    ($($name:ident <$($parameter:tt),*> : $bound:ident;)*) => {$(
        debug!(@ $name [$($parameter),*] $bound);
    )*};
    (@ $name:ident [$e:lifetime, $t:lifetime, M] $bound:ident) => {
        impl<M: $bound> fmt::Debug for $name<'_, '_, M> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
    (@ $name:ident [$e:lifetime, DB] $bound:ident) => {
        impl<DB: $bound> fmt::Debug for $name<'_, DB> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

mod context;
mod fetch;
mod held;
mod operation;
mod own;
mod reading;
mod scalar;
mod slot;
mod statement;
mod verify;
mod write;
mod zero;

pub(crate) use context::{Context, Which};
pub use fetch::{FetchAll, FetchOne, FetchOptional, Rows};
pub(crate) use operation::Operation;
pub use scalar::{Count, Exists};
pub(crate) use slot::{Level, Slot};
pub(crate) use statement::{Failed, Pending, Statement};
pub use verify::Verify;
pub use write::{Execute, ExecuteOne};
pub(crate) use zero::Zero;
