//! The present moment in a condition.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::compare::{Compare, Greater, GreaterOrEqual, Less, LessOrEqual};
use crate::expr::condition::Condition;
use crate::model::column::Column;
use crate::model::contract::Model;
use crate::model::params::Binder;
use crate::policy::answers::Answer;
use crate::policy::given::Given;
use crate::policy::in_memory::Incomparable;
use crate::sql::node::Node;
use crate::sql::text::{Text, USER, text};
use sqlx::{Encode, Type};
use std::cmp::Ordering;

/// A type of moments, which `now()` is compared with.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`now()` is a moment, which a value of type `{Self}` is not compared with",
    label = "not a moment",
    note = "moments are `time::OffsetDateTime` (feature `time`) and `chrono::DateTime<Utc>` (feature `chrono`)"
)]
pub trait Moment: PartialOrd + Clone + Send {
    fn now() -> Self;
}

#[cfg(feature = "chrono")]
impl Moment for sqlx::types::chrono::DateTime<sqlx::types::chrono::Utc> {
    fn now() -> Self {
        std::time::SystemTime::now().into()
    }
}

#[cfg(feature = "time")]
impl Moment for sqlx::types::time::OffsetDateTime {
    fn now() -> Self {
        std::time::SystemTime::now().into()
    }
}

/// The moment when the statement was made, as a parameter: the program's clock, in memory and in the
/// database alike.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Now<T>(T);

impl<T> Node for Now<T> {
    const COLUMNS: u128 = 0;
    const TEXT: &'static Text = &text!(mark(USER));
}

impl<DB, T> Bind<DB> for Now<T>
where
    DB: Backend,
    T: for<'q> Encode<'q, DB> + Type<DB>,
{
    fn bind(self, binder: &mut Binder<DB>) {
        binder.user(self.0);
    }
}

macro_rules! comparisons {
    ($($name:ident $operator:ident;)*) => {
        #[doc(hidden)]
        impl<M: Model, T, const I: usize, K> Column<M, T, I, K> {
            $(
                #[doc(hidden)]
                pub fn $name(self) -> Condition<M, Compare<Self, $operator, Now<T>>>
                where
                    T: Moment,
                {
                    Condition::compare(self, Now(T::now()))
                }
            )*
        }
    };
}

comparisons! {
    __lt_now Less;
    __le_now LessOrEqual;
    __gt_now Greater;
    __ge_now GreaterOrEqual;
}

/// How a value compares with the present moment.
#[doc(hidden)]
#[must_use]
pub fn compare_now<V: Moment>(value: Given<'_, V>) -> Option<Ordering> {
    value.0?.partial_cmp(&V::now())
}

/// The present moment, as the type of another.
#[doc(hidden)]
#[must_use]
pub fn now_like<V: Moment>(_: &V) -> V {
    V::now()
}

/// A value of the row that is compared with the present moment.
#[doc(hidden)]
#[derive(Debug)]
pub struct Timed<'a, V>(pub Given<'a, V>);

impl<V: Moment> Timed<'_, V> {
    #[must_use]
    pub fn compared(&self, holds: fn(Ordering) -> bool) -> Answer {
        Answer::Known(compare_now(self.0).map(holds))
    }
}

impl<V> Incomparable for Timed<'_, V> {}
