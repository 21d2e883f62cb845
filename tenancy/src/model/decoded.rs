//! Columns of a row that were read together.

/// What came of reading some columns: a tuple of results.
#[doc(hidden)]
pub trait Decoded {
    /// The tuple of values.
    type Values;

    /// All values, or the first error.
    fn all(self) -> Result<Self::Values, sqlx::Error>;
}

macro_rules! tuples {
    ($($name:ident)*) => {
        tuples!(@ [] $($name)*);
    };
    (@ [$($done:ident)*]) => {};
    (@ [$($done:ident)*] $next:ident $($rest:ident)*) => {
        tuples!(@impl $($done)* $next);
        tuples!(@ [$($done)* $next] $($rest)*);
    };
    (@impl $($name:ident)*) => {
        #[expect(non_snake_case, reason = "named after the types")]
        impl<$($name),*> Decoded for ($(Result<$name, sqlx::Error>,)*) {
            type Values = ($($name,)*);

            #[inline]
            fn all(self) -> Result<Self::Values, sqlx::Error> {
                let ($($name,)*) = self;
                Ok(($($name?,)*))
            }
        }
    };
}

tuples! { A B C D E F G H J K L M }
