//! Numbers that one calculates with: what becomes of a result that their type does not have.

use crate::sealed::{SEAL, Seal};
use std::marker::PhantomData;

/// A type of column that one can calculate with: `i16`, `i32`, `i64`, `f32` and `f64`. Sealed: how one calculates
/// decides whether a condition can fail, and a failure would tell of rows that the actor may not read.
#[diagnostic::on_unimplemented(
    message = "one cannot calculate with a column of type `{Self}`",
    label = "not a number"
)]
pub trait Number {
    #[doc(hidden)]
    const SEALED: Seal;
    /// How one calculates: [`Exactly`], or [`Roughly`].
    type How: How;
}

macro_rules! numbers {
    ($($ty:ty: $how:ty,)*) => {$(
        impl Number for $ty {
            const SEALED: Seal = SEAL;
            type How = $how;
        }
    )*};
}

// Floating-point numbers overflow only at values beyond 10^291, and 10^31, that are no one's secret.
numbers! {
    i16: Exactly<i16>,
    i32: Exactly<i32>,
    i64: Exactly<i64>,
    f32: Roughly<f32>,
    f64: Roughly<f64>,
}

/// How one calculates with a type of numbers. Sealed.
pub trait How: 'static {
    #[doc(hidden)]
    const EXACT: bool;
    /// What is true on SQLite of a result `v` that does not fit the type.
    #[doc(hidden)]
    const UNFIT: &'static str;
    /// Whether there are results that are infinite, or no number.
    #[doc(hidden)]
    const BEYOND_NUMBERS: bool = !Self::EXACT;
    /// What makes a result a value of the type on SQLite, before it and after it: for types that are narrower than
    /// what SQLite calculates with.
    #[doc(hidden)]
    const NARROWED: Option<(&'static str, &'static str)>;
    #[doc(hidden)]
    const SEALED: Seal;
}

/// PostgreSQL calculates with `numeric`, which does not overflow; what is stored must still fit its column.
///
/// A condition that fails for one value and not for another tells of a row, even of one that policies hide:
/// PostgreSQL asks conditions in the order of what they cost.
#[derive(Clone, Copy, Debug)]
pub struct Exactly<T>(PhantomData<T>);

/// The database calculates with the type of the column: for types that do not fail at values that rows have.
#[derive(Clone, Copy, Debug)]
pub struct Roughly<T>(PhantomData<T>);

macro_rules! fits {
    ($($how:ident<$ty:ty>: $exact:literal, $unfit:literal, $narrowed:expr;)*) => {$(
        impl How for $how<$ty> {
            const EXACT: bool = $exact;
            const UNFIT: &'static str = $unfit;
            const NARROWED: Option<(&'static str, &'static str)> = $narrowed;
            const SEALED: Seal = SEAL;
        }
    )*};
}

/// Rounds `v` to 24 bits, ties to even, as `real` has them, with nothing but numbers of 53 bits (Rump, Ogita and Oishi,
/// *Accurate Floating-Point Summation*, algorithm 3.5): `u` is the power of two at the first bit of `v`, and what is
/// added to it and taken away again leaves 24 bits. Sums are exact where `real` has fewer.
const TO_24_BITS: (&str, &str) = (
    "(SELECT coalesce(v + 805306368.0 * u - 805306368.0 * u, v) FROM (\
     SELECT v, abs(q - q * (1.0 - 1.0 / 9007199254740992.0)) AS u FROM (\
     SELECT v, v * 4503599627370497.0 AS q FROM (SELECT ",
    " AS v))))",
);

// Beyond 64 bits, SQLite goes on with floating-point numbers.
fits! {
    Exactly<i16>: true, "v NOT BETWEEN -32768 AND 32767", None;
    Exactly<i32>: true, "v NOT BETWEEN -2147483648 AND 2147483647", None;
    Exactly<i64>: true, "typeof(v) = 'real'", None;
    Roughly<f32>: false, "abs(v) > 3.4028234663852886e38", Some(TO_24_BITS);
    Roughly<f64>: false, "abs(v) > 1.7976931348623157e308", None;
}
