//! Stand-ins: what keeps one mistake from giving many messages.
//!
//! A type that is not fit for its place (a key that is no id, a reference to what is no model) breaks
//! every bound that it appears under. So the derives state once that it is fit (`check.rs`), and
//! everything else they write names [`Or::Type`]: the type itself if it is fit, and a stand-in that
//! keeps all bounds if it is not. A program with a stand-in never compiles.

use crate::model::contract::{Id, Model};
use std::convert::Infallible;
use std::marker::PhantomData;

/// Whether a type is fit for its place; a [`Probe`](crate::probe::Probe) tells.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fit<const FIT: bool>(());

/// The type `T` if it is fit, or else the stand-in `S`.
#[doc(hidden)]
pub trait Or<T, S> {
    type Type;

    /// The value as one of the type that the user named.
    fn named(value: Self::Type) -> T;

    /// The value as one of the type that is used.
    fn used(value: &T) -> &Self::Type;
}

impl<T, S> Or<T, S> for Fit<true> {
    type Type = T;

    fn named(value: T) -> T {
        value
    }

    fn used(value: &T) -> &T {
        value
    }
}

impl<T, S> Or<T, S> for Fit<false> {
    type Type = S;

    fn named(_: S) -> T {
        unreachable!("{NEVER}")
    }

    fn used(_: &T) -> &S {
        unreachable!("{NEVER}")
    }
}

/// A model whose field `I` refers to a row of another, or of the same.
#[doc(hidden)]
pub trait Refers<const I: usize> {
    /// The model of the row that is referred to.
    type To: Model;
}

/// Stands for a primary key of the type `T`, which is not an id.
#[doc(hidden)]
#[derive(Debug)]
pub struct NoId<T>(Infallible, PhantomData<fn() -> T>);

/// Stands for the tenant root of a model that names something else. It has no rows.
#[doc(hidden)]
#[derive(Debug)]
pub struct Nobody(Infallible);

#[expect(
    unsafe_code,
    reason = "a barrier, passed here for a type that no program has"
)]
// SAFETY: there is no value of it.
unsafe impl<T: 'static> Id for NoId<T> {
    type Repr = uuid::Uuid;

    fn repr(&self) -> &uuid::Uuid {
        match self.0 {}
    }

    fn from_repr(_: uuid::Uuid) -> Self {
        unreachable!("{NEVER}")
    }
}

/// A program with a stand-in does not compile.
pub(crate) const NEVER: &str = "a program with a stand-in does not compile";

#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod nobody {
    #![expect(
        unsafe_code,
        reason = "a barrier, passed here for a table that no program has"
    )]

    use super::Nobody;
    use crate::backend::StubDatabase;
    use crate::model::contract::Insert;
    use crate::model::contract::RowOf;
    use crate::model::contract::{Model, TenantRoot};
    use crate::model::field::Field;
    use crate::model::params::Binder;
    use crate::model::scoping::{Tenanted, WithoutSchemas};

    // SAFETY: a program that names it does not compile.
    unsafe impl Model for Nobody {
        type Root = Self;
        type Key = uuid::Uuid;
        type Columns = ();
        type Scoping = Tenanted;
        type Policies = crate::model::policed::Unpolicied;

        const COLUMNS: () = ();
        const TABLE: &'static str = "";
        const FIELDS: &'static [Field] = &[];
        const KEY: usize = 0;
        const TENANT: &'static str = "";

        fn decode(_: &RowOf<Self>, _: Self::Key) -> Result<Self, sqlx::Error> {
            Err(sqlx::Error::RowNotFound)
        }
    }

    // SAFETY: as above.
    unsafe impl TenantRoot for Nobody {
        type Database = StubDatabase;
        type Isolation = crate::model::isolation::Plain;
        type Schemas = WithoutSchemas;
        type New = Self;
    }

    // SAFETY: there is no value of it.
    unsafe impl Insert<Self> for Nobody {
        type References = ();
        const VALUES: &'static [usize] = &[];
        const REFERENCES: &'static [usize] = &[];
        const BUILTIN: bool = true;

        fn bind(self, _: Option<uuid::Uuid>, _: &mut Binder<StubDatabase>) {
            match self.0 {}
        }
    }
}
