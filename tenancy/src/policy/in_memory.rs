//! Atoms about a row that is in memory.
//!
//! A type that Rust cannot compare as the database does leaves the answer to that: the method for what it can
//! compare is the type's own, which method resolution prefers to that of [`Incomparable`].

use crate::model::column::Column;
use crate::model::contract::{Id, KeyOf, Model};
use crate::policy::actor::{By, ModelActor};
use crate::policy::alike::{Alike, Sorted, keys};
use crate::policy::answers::Answer;
use crate::policy::contract::Actor;
use crate::policy::given::{Given, is_true};
use std::cmp::Ordering;

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

impl<V: Alike<W>, W> Both<'_, '_, V, W> {
    #[must_use]
    pub fn equal(&self) -> Answer {
        equal(self.0, self.1, |equal| equal)
    }

    #[must_use]
    pub fn unequal(&self) -> Answer {
        equal(self.0, self.1, |equal| !equal)
    }
}

impl<V: Sorted> Both<'_, '_, V, V> {
    #[must_use]
    pub fn compared(&self, holds: fn(Ordering) -> bool) -> Answer {
        let (Some(one), Some(other)) = (self.0.0, self.1.0) else {
            return Answer::Known(None);
        };
        answered(one.sorted(other).map(holds))
    }
}

/// Whether the values are equal, if both are known.
fn equal<V: Alike<W>, W>(
    one: Given<'_, V>,
    other: Given<'_, W>,
    holds: fn(bool) -> bool,
) -> Answer {
    let (Some(one), Some(other)) = (one.0, other.0) else {
        return Answer::Known(None);
    };
    answered(one.alike(other).map(holds))
}

/// An answer, or none where it depends on the column.
fn answered(answer: Option<bool>) -> Answer {
    answer.map_or(Answer::Open, |answer| Answer::Known(Some(answer)))
}

/// A value of the row, and some that it may be one of.
#[doc(hidden)]
#[derive(Debug)]
pub struct OneOf<'a, 'b, V, W>(pub Given<'a, V>, pub &'b [Given<'b, W>]);

impl<V: Alike<W>, W> OneOf<'_, '_, V, W> {
    #[must_use]
    pub fn equal(&self) -> Answer {
        let mut all = Answer::Known(Some(false));
        for other in self.1 {
            match equal(self.0, *other, |equal| equal) {
                Answer::Known(Some(true)) => return Answer::Known(Some(true)),
                Answer::Known(Some(false)) => {}
                Answer::Open => all = Answer::Open,
                Answer::Known(None) if all == Answer::Open => {}
                Answer::Known(None) => all = Answer::Known(None),
            }
        }
        all
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
    fn same(&self, holds: fn(bool) -> bool) -> Answer {
        match self.0.0 {
            Some(key) => answered(keys(key.repr(), self.1.key()).map(holds)),
            None => Answer::Known(None),
        }
    }

    #[must_use]
    pub fn equal(&self) -> Answer {
        self.same(|same| same)
    }

    #[must_use]
    pub fn unequal(&self) -> Answer {
        self.same(|same| !same)
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
