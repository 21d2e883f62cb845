//! The actor's side of a condition: values that Rust knows, in three-valued logic.

use crate::model::masked::Masked;
use std::cmp::Ordering;
use std::marker::PhantomData;

/// A value, or `None` for one that is unknown.
///
/// An `Option` of the actor is unknown when it is `None`: Rust's `==` would call two of them equal.
#[doc(hidden)]
#[derive(Debug)]
pub struct Given<'a, V>(pub(crate) Option<&'a V>);

impl<V> Clone for Given<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Given<'_, V> {}

/// Makes a [`Given`] of a reference: of one to an `Option` the value inside.
///
/// The method for options is the type's own, which method resolution prefers to that of a trait.
#[doc(hidden)]
#[derive(Debug)]
pub struct Wrap<'a, V>(pub &'a V);

/// An `Option`, or a reference to one.
#[doc(hidden)]
pub trait Optional {
    type Value;

    fn value(&self) -> Option<&Self::Value>;
}

impl<V> Optional for Option<V> {
    type Value = V;

    fn value(&self) -> Option<&V> {
        self.as_ref()
    }
}

/// NULL, hidden, or a value.
impl<V> Optional for Masked<Option<V>> {
    type Value = V;

    fn value(&self) -> Option<&V> {
        self.visible()?.as_ref()
    }
}

impl<O: Optional> Optional for &O {
    type Value = O::Value;

    fn value(&self) -> Option<&O::Value> {
        (**self).value()
    }
}

impl<'a, O: Optional> Wrap<'a, O> {
    /// The value inside.
    #[must_use]
    pub fn given(&self) -> Given<'a, O::Value> {
        Given(self.0.value())
    }
}

/// Whether an `Option` has no value, which is unknown if that is hidden.
#[doc(hidden)]
#[must_use]
pub fn is_none<N: NullTest>(value: &N) -> Option<bool> {
    value.is_none()
}

/// What may have no value.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` is always there",
    label = "only an `Option` may be none",
    note = "leave the test out, or compare the value: `actor.age == 18`"
)]
pub trait NullTest {
    fn is_none(&self) -> Option<bool>;
}

impl<V> NullTest for Option<V> {
    fn is_none(&self) -> Option<bool> {
        Some(Option::is_none(self))
    }
}

impl<V> NullTest for Masked<Option<V>> {
    fn is_none(&self) -> Option<bool> {
        self.visible().map(Option::is_none)
    }
}

impl<N: NullTest> NullTest for &N {
    fn is_none(&self) -> Option<bool> {
        (**self).is_none()
    }
}

/// A guarded value, or a reference to one.
#[doc(hidden)]
pub trait Hideable {
    type Value;

    fn value(&self) -> Option<&Self::Value>;
}

impl<V> Hideable for Masked<V> {
    type Value = V;

    fn value(&self) -> Option<&V> {
        self.visible()
    }
}

impl<H: Hideable> Hideable for &H {
    type Value = H::Value;

    fn value(&self) -> Option<&H::Value> {
        (**self).value()
    }
}

/// [`Wrap`] of what is guarded and not an `Option`. What is hidden is unknown.
#[doc(hidden)]
pub trait Guarded<'a, V> {
    fn given(&self) -> Given<'a, V>;
}

impl<'a, H: Hideable> Guarded<'a, H::Value> for Wrap<'a, H> {
    fn given(&self) -> Given<'a, H::Value> {
        Given(self.0.value())
    }
}

/// [`Wrap`] of anything else: a mutable reference is what method resolution comes to last.
#[doc(hidden)]
pub trait Plain<'a, V> {
    fn given(&mut self) -> Given<'a, V>;
}

impl<'a, V> Plain<'a, V> for Wrap<'a, V> {
    fn given(&mut self) -> Given<'a, V> {
        Given(Some(self.0))
    }
}

/// `left == right`.
#[doc(hidden)]
#[must_use]
pub fn equal<V: PartialEq<W>, W>(left: Given<'_, V>, right: Given<'_, W>) -> Option<bool> {
    Some(left.0? == right.0?)
}

/// Whether the value is one of a list.
#[doc(hidden)]
#[must_use]
pub fn among<V: PartialEq<W>, W>(value: Given<'_, V>, list: &[Given<'_, W>]) -> Option<bool> {
    let mut unknown = false;
    for other in list {
        match equal(value, *other) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(false)
}

/// How two values compare.
#[doc(hidden)]
#[must_use]
pub fn compare<V: PartialOrd<W>, W>(left: Given<'_, V>, right: Given<'_, W>) -> Option<Ordering> {
    left.0?.partial_cmp(right.0?)
}

/// Whether it is true.
#[doc(hidden)]
#[must_use]
pub fn is_true(value: Given<'_, bool>) -> Option<bool> {
    value.0.copied()
}

/// A type of column that is compared with values of the type `V`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` is not compared with a value of type `{V}`",
    label = "expected a value of the type `{Self}`",
    note = "in rules a column is compared with values of its own type, of an `Option` with the type inside: \
            `views == 1`, `status == Status::Draft`, `owner_id == actor.manager_id`"
)]
pub trait Holds<V> {}

impl<T> Holds<Self> for T {}

#[diagnostic::do_not_recommend]
impl Holds<&str> for String {}

/// What nothing is: a second choice, so that rustc says what is missing instead of taking the only
/// one.
#[doc(hidden)]
#[derive(Debug)]
pub struct Unlike<T>(PhantomData<fn() -> T>);

#[diagnostic::do_not_recommend]
impl<T> Holds<Unlike<Self>> for T {}

/// A type of column that is a condition by itself.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` is not a condition by itself",
    label = "expected a comparison, or a column of type `bool`",
    note = "write what it is compared with, `title == \"Plan\"`, or ask whether it is NULL: `owner_id.is_none()`"
)]
pub trait Flag {}

impl Flag for bool {}

/// A type whose values databases and Rust put in the same order.
///
/// Not text, which every collation orders in its own way, and not floating-point numbers, of which
/// NaN is greater than all others for PostgreSQL and incomparable for Rust.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the order of values of type `{Self}` is not the same in Rust and in every database",
    label = "only `==` and `!=` compare this in a policy",
    note = "whole numbers, dates and moments are ordered alike everywhere: compare one of these, or name the values, \
            `status.is_in([…])`"
)]
pub trait Ordered {}

macro_rules! ordered {
    ($($ty:ty)*) => {$( impl Ordered for $ty {} )*};
}

ordered! { i16 i32 i64 }

#[cfg(feature = "chrono")]
ordered! {
    sqlx::types::chrono::DateTime<sqlx::types::chrono::Utc>
    sqlx::types::chrono::NaiveDateTime
    sqlx::types::chrono::NaiveDate
    sqlx::types::chrono::NaiveTime
}

#[cfg(feature = "time")]
ordered! {
    sqlx::types::time::OffsetDateTime
    sqlx::types::time::PrimitiveDateTime
    sqlx::types::time::Date
    sqlx::types::time::Time
}
