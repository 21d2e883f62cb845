//! What a column can hold: the types that sqlx can decode and encode, under one bound each.
//!
//! A derive names a field's type only as `<T as Readable<…>>` or `<T as Writable<…>>`. A bound of its
//! own would be a message for each of sqlx's traits, once where rows are read and once where they are
//! written; so it is one, which says what to do.

use crate::backend::Backend;
use crate::model::params::Binder;
use crate::sealed::{SEAL, Seal};
use sqlx::TypeInfo as _;
use sqlx::{Decode, Encode, Type};

/// What can be read from a column of the database `DB`: what sqlx can decode. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{DB}` has no column of the type `{Self}`",
    label = "sqlx cannot read this from the database",
    note = "derive `sqlx::Type` for an enum or a newtype, and put anything else into `sqlx::types::Json`",
    note = "JSON, dates and times are features of `tenancy`: `json`, `time`, `chrono`",
    note = "a field of the type `tenancy::Masked` is declared with `#[tenancy(guarded)]`"
)]
pub trait Readable<DB: Backend>: Sized {
    #[doc(hidden)]
    const SEALED: Seal;

    /// Reads the column at this position.
    #[doc(hidden)]
    fn get(row: &DB::Row, index: usize) -> Result<Self, sqlx::Error>;

    /// Reads the column at this position, which may be masked.
    #[doc(hidden)]
    fn get_masked(row: &DB::Row, index: usize) -> Result<Self, sqlx::Error>;

    /// The column's type, as sqlx calls it.
    #[doc(hidden)]
    fn sql_type() -> String;
}

#[diagnostic::do_not_recommend]
impl<DB: Backend, T> Readable<DB> for T
where
    T: for<'r> Decode<'r, DB> + Type<DB>,
{
    const SEALED: Seal = SEAL;

    fn get(row: &DB::Row, index: usize) -> Result<T, sqlx::Error> {
        DB::get_user(row, index)
    }

    fn get_masked(row: &DB::Row, index: usize) -> Result<T, sqlx::Error> {
        DB::get_masked(row, index)
    }

    fn sql_type() -> String {
        T::type_info().name().to_owned()
    }
}

/// What can be written to a column of the database `DB`, too: what sqlx can also encode. Sealed: one
/// value of a new row is one parameter.
#[diagnostic::on_unimplemented(
    message = "`{DB}` has no column of the type `{Self}`",
    label = "sqlx cannot store this in the database, or not read it back",
    note = "derive `sqlx::Type` for an enum or a newtype, and put anything else into `sqlx::types::Json`",
    note = "JSON, dates and times are features of `tenancy`: `json`, `time`, `chrono`",
    note = "a field of the type `tenancy::Masked` is declared with `#[tenancy(guarded)]`"
)]
pub trait Writable<DB: Backend>: Sized {
    #[doc(hidden)]
    const SEALED: Seal;

    /// Reads the column at this position.
    #[doc(hidden)]
    fn get(row: &DB::Row, index: usize) -> Result<Self, sqlx::Error>;

    /// Reads the column at this position, which may be masked.
    #[doc(hidden)]
    fn get_masked(row: &DB::Row, index: usize) -> Result<Self, sqlx::Error>;

    /// The column's type, as sqlx calls it.
    #[doc(hidden)]
    fn sql_type() -> String;

    /// The value of a new row, on its way to the binder.
    #[doc(hidden)]
    fn written(self) -> Written<Self, DB>;
}

#[diagnostic::do_not_recommend]
impl<DB: Backend, T> Writable<DB> for T
where
    T: for<'r> Decode<'r, DB> + for<'q> Encode<'q, DB> + Type<DB>,
{
    const SEALED: Seal = SEAL;

    fn get(row: &DB::Row, index: usize) -> Result<T, sqlx::Error> {
        DB::get_user(row, index)
    }

    fn get_masked(row: &DB::Row, index: usize) -> Result<T, sqlx::Error> {
        DB::get_masked(row, index)
    }

    fn sql_type() -> String {
        T::type_info().name().to_owned()
    }

    fn written(self) -> Written<T, DB> {
        Written {
            value: self,
            bind: Binder::user,
        }
    }
}

/// One value of a new row, which is one parameter.
///
/// Only this module makes any, so whoever stands in for [`Writable`] in front of a derive cannot bind
/// more or less than one value for a field. It has no bound that could fail a second time.
#[derive(Debug)]
pub struct Written<T, DB: Backend> {
    value: T,
    bind: fn(&mut Binder<DB>, T),
}

impl<T, DB: Backend> Written<T, DB> {
    fn bind(self, binder: &mut Binder<DB>) {
        (self.bind)(binder, self.value);
    }
}

/// Some values of a new row: a tuple of [`Written`] ones, and nothing else. Sealed.
#[doc(hidden)]
pub trait AllWritten<DB: Backend> {
    /// Binds them, in their order.
    fn bind(self, binder: &mut Binder<DB>, _: Seal);
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
        impl<DB: Backend, $($name),*> AllWritten<DB> for ($(Written<$name, DB>,)*) {
            #[inline]
            fn bind(self, binder: &mut Binder<DB>, _: Seal) {
                let ($($name,)*) = self;
                $( $name.bind(binder); )*
            }
        }
    };
}

tuples! { A B C D E F G H J K L M }
