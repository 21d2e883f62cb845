//! Which types encode themselves with code that is not the user's.
//!
//! User code that encodes a value sees the buffer of all parameters. Where every value is of one of
//! these types there is no such code, and keys may be bound between values, which keeps the
//! parameters of bulk inserts in textual order.

/// A type whose `Encode` is sqlx's own.
#[doc(hidden)]
pub trait Builtin {}

macro_rules! builtin {
    ($($ty:ty)*) => {$( impl Builtin for $ty {} )*};
}

builtin! { bool i8 i16 i32 i64 f32 f64 String Vec<u8> uuid::Uuid }

impl<T: Builtin> Builtin for Option<T> {}

#[cfg(feature = "json")]
impl<T> Builtin for sqlx::types::Json<T> {}

#[cfg(feature = "time")]
builtin! {
    sqlx::types::time::OffsetDateTime
    sqlx::types::time::PrimitiveDateTime
    sqlx::types::time::Date
    sqlx::types::time::Time
}

#[cfg(feature = "chrono")]
builtin! {
    sqlx::types::chrono::DateTime<sqlx::types::chrono::Utc>
    sqlx::types::chrono::NaiveDateTime
    sqlx::types::chrono::NaiveDate
    sqlx::types::chrono::NaiveTime
}
