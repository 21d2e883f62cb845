//! Atoms about a row that is in memory.
//!
//! A type that Rust cannot compare leaves the answer to the database: the method for what it can
//! compare is the type's own, which method resolution prefers to that of [`Incomparable`].

use std::cmp::Ordering;

use super::actor::{By, ModelActor};
use super::answers::Answer;
use super::given::{Given, among, compare, equal, is_true};
use crate::barrier::{Actor, Id};
use crate::column::Column;
use crate::model::{KeyOf, Model};

/// The value of column `I` of a row in memory.
///
/// Emitted by the derive for models with policies. It decides nothing: statements ask the database.
#[doc(hidden)]
pub trait InMemory<const I: usize> {
    type Type;

    fn value(&self) -> &Self::Type;

    /// Whether the value is there, or hidden from who read the row.
    fn known(&self) -> bool {
        true
    }
}

impl<M, T, const I: usize, K> Column<M, T, I, K> {
    /// The value of the column in a row.
    #[doc(hidden)]
    pub fn __of(self, row: &M) -> &M::Type
    where
        M: InMemory<I>,
    {
        row.value()
    }

    /// Whether the column is not hidden in a row.
    #[doc(hidden)]
    pub fn __known(self, row: &M) -> bool
    where
        M: InMemory<I>,
    {
        row.known()
    }
}

/// A value of the row, and one that it is compared with.
#[doc(hidden)]
#[derive(Debug)]
pub struct Both<'a, 'b, V, W>(pub Given<'a, V>, pub Given<'b, W>);

impl<V: PartialEq<W>, W> Both<'_, '_, V, W> {
    #[must_use]
    pub fn equal(&self) -> Answer {
        Answer::Known(equal(self.0, self.1))
    }

    #[must_use]
    pub fn unequal(&self) -> Answer {
        Answer::Known(equal(self.0, self.1).map(|equal| !equal))
    }
}

impl<V: PartialOrd<W>, W> Both<'_, '_, V, W> {
    #[must_use]
    pub fn compared(&self, holds: fn(Ordering) -> bool) -> Answer {
        Answer::Known(compare(self.0, self.1).map(holds))
    }
}

/// A value of the row, and some that it may be one of.
#[doc(hidden)]
#[derive(Debug)]
pub struct OneOf<'a, 'b, V, W>(pub Given<'a, V>, pub &'b [Given<'b, W>]);

impl<V: PartialEq<W>, W> OneOf<'_, '_, V, W> {
    #[must_use]
    pub fn equal(&self) -> Answer {
        Answer::Known(among(self.0, self.1))
    }
}

/// A value of the row.
#[doc(hidden)]
#[derive(Debug)]
pub struct Single<'a, V>(pub Given<'a, V>);

impl Single<'_, bool> {
    #[must_use]
    pub fn holds(&self) -> Answer {
        Answer::Known(is_true(self.0))
    }
}

impl<V> Single<'_, V> {
    #[must_use]
    pub fn is_none(&self) -> Answer {
        Answer::Known(Some(self.0.0.is_none()))
    }
}

/// A key in the row, and who acts.
#[doc(hidden)]
#[derive(Debug)]
pub struct Keyed<'a, I, A: Actor>(pub Given<'a, I>, pub By<'a, A>);

impl<I, A> Keyed<'_, I, A>
where
    A: Model + Actor<State = ModelActor<A>>,
    I: Id<Repr = KeyOf<A>>,
{
    fn same(&self) -> Option<bool> {
        self.0.0.map(|key| key.repr() == self.1.key())
    }

    #[must_use]
    pub fn equal(&self) -> Answer {
        Answer::Known(self.same())
    }

    #[must_use]
    pub fn unequal(&self) -> Answer {
        Answer::Known(self.same().map(|same| !same))
    }
}

/// The answers where Rust cannot tell.
#[doc(hidden)]
pub trait Incomparable {
    fn equal(&self) -> Answer {
        Answer::Open
    }

    fn unequal(&self) -> Answer {
        Answer::Open
    }

    fn compared(&self, _: fn(Ordering) -> bool) -> Answer {
        Answer::Open
    }

    fn holds(&self) -> Answer {
        Answer::Open
    }
}

impl<V, W> Incomparable for Both<'_, '_, V, W> {}
impl<V, W> Incomparable for OneOf<'_, '_, V, W> {}
impl<V> Incomparable for Single<'_, V> {}
impl<I, A: Actor> Incomparable for Keyed<'_, I, A> {}
