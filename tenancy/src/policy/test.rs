//! The row's side of a condition: what a policy may ask about a column.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::compare::{Compare, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
use crate::expr::condition::Condition;
use crate::model::column::{Column, ForeignKey, NullableForeignKey, PrimaryKey};
use crate::model::contract::{KeyOf, Model};
use crate::model::id::Repr;
use crate::model::obligations::IsGuarded;
use crate::model::params::Binder;
use crate::policy::actor::{By, ModelActor};
use crate::policy::contract::Actor;
use crate::policy::given::{Flag, Given, Holds, Ordered};
use crate::policy::permit::Decoy;
use crate::sql::node::Node;
use crate::sql::text::{ACTOR, Text, USER, text};
use sqlx::{Encode, Type};

/// A comparison of a column with a value.
type Compared<'a, M, T, const I: usize, K, O, V> =
    Condition<M, Compare<Column<M, T, I, K>, O, Given<'a, V>>>;

macro_rules! comparisons {
    ($($name:ident $operator:ident [$($bound:ident)*];)*) => {
        #[doc(hidden)]
        impl<M: Model, T, const I: usize, K> Column<M, T, I, K> {
            $(
                #[doc(hidden)]
                pub fn $name<V>(
                    self,
                    value: Given<'_, V>,
                ) -> Compared<'_, M, T, I, K, $operator, V>
                where
                    T: Holds<V> $(+ $bound)*,
                {
                    Condition::compare(self, value)
                }
            )*
        }
    };
}

comparisons! {
    __eq Equal [];
    __ne NotEqual [];
    __lt Less [Ordered];
    __le LessOrEqual [Ordered];
    __gt Greater [Ordered];
    __ge GreaterOrEqual [Ordered];
}

impl<V> Node for Given<'_, V> {
    const TEXT: &'static Text = &text!(mark(USER));
    const COLUMNS: u128 = 0;
}

impl<DB, V> Bind<DB> for Given<'_, V>
where
    DB: Backend,
    V: for<'q> Encode<'q, DB> + Type<DB>,
    Option<V>: for<'q> Encode<'q, DB>,
{
    fn bind(self, binder: &mut Binder<DB>) {
        match self.0 {
            Some(value) => binder.user(value),
            None => binder.user(None::<V>),
        }
    }
}

/// The key of the actor: a parameter that no value of the user's comes after.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct OfActor<R>(R);

impl<R: Repr> Node for OfActor<R> {
    const COLUMNS: u128 = 0;
    const TEXT: &'static Text = &text!(mark(ACTOR));
}

impl<DB: Backend, R: Repr> Bind<DB> for OfActor<R> {
    fn bind(self, binder: &mut Binder<DB>) {
        binder.actor(self.0);
    }
}

/// A kind of column of `M` that may name a row of `A`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this column does not refer to the actor",
    label = "not a foreign key to the actor's model",
    note = "a column is compared with `actor` if it has `#[tenancy(belongs_to = …)]` with the model of the actor"
)]
pub trait RefersTo<M, A: Actor> {
    /// What identifies the actor.
    type Key: Repr;

    /// The actor's key.
    fn key(by: By<'_, A>) -> &Self::Key;
}

macro_rules! refers {
    ($($(#[$meta:meta])* [$($parameter:ident),*] $model:ty, $actor:ty, $kind:ty;)*) => {$(
        $(#[$meta])*
        impl<$($parameter,)* A> RefersTo<$model, $actor> for $kind
        where
            A: Model + Actor<State = ModelActor<A>>,
        {
            type Key = KeyOf<A>;

            fn key(by: By<'_, $actor>) -> &KeyOf<A> {
                by.key()
            }
        }
    )*};
}

refers! {
    [M] M, A, ForeignKey<A>;
    [M] M, A, NullableForeignKey<A>;
    [] A, A, PrimaryKey;
}

// A second choice, so that rustc says what is missing instead of taking the only one.
macro_rules! decoys {
    ($([$($parameter:ident),*] $model:ty, $kind:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter,)* A: Actor> RefersTo<$model, Decoy<A>> for $kind {
            type Key = i64;

            fn key(by: By<'_, Decoy<A>>) -> &i64 {
                by.actor().never()
            }
        }
    )*};
}

decoys! {
    [M] M, ForeignKey<A>;
    [] A, PrimaryKey;
}

impl<M: Model, T, const I: usize, K> Column<M, T, I, K> {
    /// Its position, as a bit.
    #[doc(hidden)]
    #[must_use]
    pub const fn __bit(self) -> u128 {
        1 << I
    }

    /// Its position, if rules may say who sees it.
    #[doc(hidden)]
    #[must_use]
    pub const fn __guarded(self) -> usize
    where
        K: IsGuarded,
    {
        I
    }

    /// The column names the actor.
    #[doc(hidden)]
    pub fn __eq_actor<A: Actor>(
        self,
        by: By<'_, A>,
    ) -> Condition<M, Compare<Self, Equal, OfActor<K::Key>>>
    where
        K: RefersTo<M, A>,
    {
        Condition::compare(self, OfActor(K::key(by).clone()))
    }

    /// The column names someone else.
    #[doc(hidden)]
    pub fn __ne_actor<A: Actor>(
        self,
        by: By<'_, A>,
    ) -> Condition<M, Compare<Self, NotEqual, OfActor<K::Key>>>
    where
        K: RefersTo<M, A>,
    {
        Condition::compare(self, OfActor(K::key(by).clone()))
    }
}

/// A boolean column, bare, so that an index on it is of use.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct IsTrue<C, const TRUE: bool>(C);

impl<C: Node, const TRUE: bool> Node for IsTrue<C, TRUE> {
    const COLUMNS: u128 = C::COLUMNS;
    const TEXT: &'static Text = &text!(push(if TRUE { "" } else { "NOT " }), append(C::TEXT));
}

impl<DB: Backend, C: Bind<DB>, const TRUE: bool> Bind<DB> for IsTrue<C, TRUE> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.0.bind(binder);
    }
}

impl<M: Model, T, const I: usize, K> Column<M, T, I, K> {
    /// The column is true.
    #[doc(hidden)]
    pub fn __is_true(self) -> Condition<M, IsTrue<Self, true>>
    where
        T: Flag,
    {
        Condition::new(IsTrue(self))
    }

    /// The column is false.
    #[doc(hidden)]
    pub fn __is_false(self) -> Condition<M, IsTrue<Self, false>>
    where
        T: Flag,
    {
        Condition::new(IsTrue(self))
    }
}
