//! `Debug` of futures, which says their name alone: what they hold may be rows.

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

pub(crate) use debug;
