//! Types of which Rust knows how databases compare their values.
//!
//! What a row in memory comes to must be what the statement will come to. So this is a list of types, and for any
//! other the database is asked: a type of the program's own compares itself as it likes, and a database its texts by
//! the collation of the column.

use crate::model::contract::Id;
use crate::model::id::{KeyType, Repr};
use std::cmp::Ordering;

/// A type whose values are compared with those of the type `W` in memory.
#[doc(hidden)]
pub trait Alike<W> {
    /// Whether every database takes the two for equal, or for different; `None` if it depends on the column.
    fn alike(&self, other: &W) -> Option<bool>;
}

/// A type whose values are put in order in memory.
#[doc(hidden)]
pub trait Sorted {
    /// The order that every database puts the two in; `None` if it depends on the column.
    fn sorted(&self, other: &Self) -> Option<Ordering>;
}

/// The same bytes are equal by every collation; others may be, too.
fn texts(one: &str, other: &str) -> Option<bool> {
    (one == other).then_some(true)
}

pub(crate) fn keys<R: Repr>(one: &R, other: &R) -> Option<bool> {
    match one == other {
        false if R::TYPE == KeyType::Text => None,
        equal => Some(equal),
    }
}

impl<I: Id> Alike<Self> for I {
    fn alike(&self, other: &Self) -> Option<bool> {
        keys(self.repr(), other.repr())
    }
}

impl Alike<&str> for String {
    fn alike(&self, other: &&str) -> Option<bool> {
        texts(self, other)
    }
}

/// PostgreSQL takes NaN for equal to itself, and Rust does not.
impl Alike<Self> for f64 {
    fn alike(&self, other: &Self) -> Option<bool> {
        (!self.is_nan() && !other.is_nan()).then(|| self == other)
    }
}

macro_rules! alike {
    ($($ty:ty)*) => {$(
        impl Alike<Self> for $ty {
            fn alike(&self, other: &Self) -> Option<bool> {
                Some(self == other)
            }
        }
    )*};
}

macro_rules! sorted {
    ($($ty:ty)*) => {$(
        impl Sorted for $ty {
            fn sorted(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
    )*};
}

alike! { bool i8 i16 Vec<u8> }
sorted! { i16 i32 i64 }

/// Moments and times of day: PostgreSQL has microseconds of them, and Rust nanoseconds.
#[cfg(any(feature = "time", feature = "chrono"))]
macro_rules! in_microseconds {
    ($($ty:ty: $microsecond:expr;)*) => {$(
        impl Sorted for $ty {
            fn sorted(&self, other: &Self) -> Option<Ordering> {
                let ordering = self.cmp(other);
                let apart = match ordering {
                    Ordering::Less => *other - *self,
                    Ordering::Equal => return Some(ordering),
                    Ordering::Greater => *self - *other,
                };
                (apart >= $microsecond).then_some(ordering)
            }
        }

        impl Alike<Self> for $ty {
            fn alike(&self, other: &Self) -> Option<bool> {
                self.sorted(other).map(Ordering::is_eq)
            }
        }
    )*};
}

#[cfg(feature = "time")]
mod of_time {
    use sqlx::types::time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

    use super::{Alike, Ordering, Sorted};

    alike! { Date }
    sorted! { Date }
    in_microseconds! {
        OffsetDateTime: std::time::Duration::from_micros(1);
        PrimitiveDateTime: std::time::Duration::from_micros(1);
        Time: std::time::Duration::from_micros(1);
    }
}

#[cfg(feature = "chrono")]
mod of_chrono {
    use sqlx::types::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};

    use super::{Alike, Ordering, Sorted};

    /// The shortest time that every database knows.
    fn microsecond() -> <DateTime<Utc> as std::ops::Sub>::Output {
        let moment = |nanoseconds| Utc.timestamp_nanos(nanoseconds);
        moment(1_000) - moment(0)
    }

    alike! { NaiveDate }
    sorted! { NaiveDate }
    in_microseconds! {
        DateTime<Utc>: microsecond();
        NaiveDateTime: microsecond();
        NaiveTime: microsecond();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_depends_on_the_column_is_not_answered() {
        assert_eq!("a".to_owned().alike(&"a"), Some(true));
        assert_eq!("a".to_owned().alike(&"A"), None);
        assert_eq!("a".to_owned().alike(&"b".to_owned()), None);
        assert_eq!(f64::NAN.alike(&f64::NAN), None);
        assert_eq!(0.0.alike(&-0.0), Some(true));
        assert_eq!(1_i64.alike(&2), Some(false));
    }

    #[cfg(feature = "time")]
    #[test]
    fn moments_within_a_microsecond_are_not_told_apart() {
        use sqlx::types::time::OffsetDateTime;

        let moment =
            |nanoseconds| OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).expect("a moment");
        assert_eq!(moment(1).alike(&moment(1)), Some(true));
        assert_eq!(moment(1).alike(&moment(1_000)), None);
        assert_eq!(moment(1).sorted(&moment(1_001)), Some(Ordering::Less));
    }
}
