//! Values computed from a column.

use std::marker::PhantomData;

use super::compare::{Compare, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
use super::condition::Condition;
use super::node::{Bind, Node};
use super::value::IntoExpr;
use crate::backend::Backend;
use crate::binder::Binder;
use crate::column::Column;
use crate::model::Model;
use crate::seal::{SEAL, Seal};
use crate::sql::text::{EXACTLY, too_large};
use crate::sql::{Text, text};

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
    ($($how:ident<$ty:ty>: $exact:literal, $unfit:literal;)*) => {$(
        impl How for $how<$ty> {
            const EXACT: bool = $exact;
            const UNFIT: &'static str = $unfit;
            const SEALED: Seal = SEAL;
        }
    )*};
}

// Beyond 64 bits, SQLite goes on with floating-point numbers.
fits! {
    Exactly<i16>: true, "v NOT BETWEEN -32768 AND 32767";
    Exactly<i32>: true, "v NOT BETWEEN -2147483648 AND 2147483647";
    Exactly<i64>: true, "typeof(v) = 'real'";
    Roughly<f32>: false, "abs(v) > 3.4028234663852886e38";
    Roughly<f64>: false, "abs(v) > 1.7976931348623157e308";
}

/// The operator of a calculation. Sealed.
pub trait Sign: 'static {
    #[doc(hidden)]
    const SYMBOL: &'static str;
    #[doc(hidden)]
    const SEALED: Seal;
}

/// `+`
#[derive(Clone, Copy, Debug)]
pub struct Plus(());
/// `-`
#[derive(Clone, Copy, Debug)]
pub struct Minus(());

impl Sign for Plus {
    const SYMBOL: &'static str = " + ";
    const SEALED: Seal = SEAL;
}

impl Sign for Minus {
    const SYMBOL: &'static str = " - ";
    const SEALED: Seal = SEAL;
}

/// `(left operator right)`, calculated as `H` says.
#[derive(Clone, Copy, Debug)]
pub struct Arithmetic<L, S, R, H> {
    left: L,
    right: R,
    of: PhantomData<fn() -> (S, H)>,
}

impl<L: Node, S: Sign, R: Node, H: How> Node for Arithmetic<L, S, R, H> {
    const COLUMNS: u128 = L::COLUMNS | R::COLUMNS;
    const TEXT: &'static Text = &{
        let mut text = text!(push("("), append(L::TEXT));
        if H::EXACT {
            text.mark(EXACTLY);
        }
        text.push(S::SYMBOL);
        text.append(R::TEXT);
        text.push(")");
        text
    };
}

impl<L: Node, S: Sign, R: Node, H: How> Arithmetic<L, S, R, H> {
    /// The same where it is stored: SQLite computes beyond the type of the column, stores that, and nobody could
    /// read it. PostgreSQL refuses it by itself.
    pub(super) const STORED: &'static Text = &text!(
        on_sqlite("(SELECT CASE WHEN "),
        on_sqlite(H::UNFIT),
        on_sqlite(concat!(" THEN ", too_large!(), " ELSE v END FROM (SELECT ")),
        append(Self::TEXT),
        on_sqlite(" AS v))"),
    );
}

impl<DB, L, S, R, H> Bind<DB> for Arithmetic<L, S, R, H>
where
    DB: Backend,
    L: Bind<DB>,
    S: Sign,
    R: Bind<DB>,
    H: How,
{
    fn bind(self, binder: &mut Binder<DB>) {
        self.left.bind(binder);
        self.right.bind(binder);
    }
}

/// A computed value of type `T`, made of columns of `M`.
#[derive(Clone, Copy, Debug)]
pub struct Expression<M, T, N> {
    node: N,
    model: PhantomData<fn() -> (M, T)>,
}

#[diagnostic::do_not_recommend]
impl<M, T, N> IntoExpr<M, T> for Expression<M, T, N> {
    type Expr = N;

    fn into_expr(self, _: Seal) -> N {
        self.node
    }
}

#[diagnostic::do_not_recommend]
impl<M, T, N> IntoExpr<M, Option<T>> for Expression<M, T, N> {
    type Expr = N;

    fn into_expr(self, _: Seal) -> N {
        self.node
    }
}

impl<M: Model, T, const I: usize, K> Column<M, T, I, K> {
    /// `column + value`, computed by the database.
    pub fn plus<V: IntoExpr<M, T>>(
        self,
        value: V,
    ) -> Expression<M, T, Arithmetic<Self, Plus, V::Expr, T::How>>
    where
        T: Number,
    {
        self.calculate(value)
    }

    /// `column - value`, computed by the database.
    pub fn minus<V: IntoExpr<M, T>>(
        self,
        value: V,
    ) -> Expression<M, T, Arithmetic<Self, Minus, V::Expr, T::How>>
    where
        T: Number,
    {
        self.calculate(value)
    }

    fn calculate<S, H, V: IntoExpr<M, T>>(
        self,
        value: V,
    ) -> Expression<M, T, Arithmetic<Self, S, V::Expr, H>> {
        Expression::of(self, value)
    }
}

impl<M, T, L, S, R, H> Expression<M, T, Arithmetic<L, S, R, H>> {
    fn of<V: IntoExpr<M, T, Expr = R>>(left: L, right: V) -> Self {
        Self {
            node: Arithmetic {
                left,
                right: right.into_expr(SEAL),
                of: PhantomData,
            },
            model: PhantomData,
        }
    }
}

impl<M: Model, T: Number, N> Expression<M, T, N> {
    /// `(expression) + value`, computed by the database.
    pub fn plus<V: IntoExpr<M, T>>(
        self,
        value: V,
    ) -> Expression<M, T, Arithmetic<N, Plus, V::Expr, T::How>> {
        Expression::of(self.node, value)
    }

    /// `(expression) - value`, computed by the database.
    pub fn minus<V: IntoExpr<M, T>>(
        self,
        value: V,
    ) -> Expression<M, T, Arithmetic<N, Minus, V::Expr, T::How>> {
        Expression::of(self.node, value)
    }
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $operator:ident;)*) => {
        impl<M: Model, T, N> Expression<M, T, N> {
            $(
                $(#[$doc])*
                pub fn $name<V: IntoExpr<M, T>>(
                    self,
                    value: V,
                ) -> Condition<M, Compare<N, $operator, V::Expr>> {
                    Condition::compare(self.node, value.into_expr(SEAL))
                }
            )*
        }
    };
}

comparisons! {
    /// `expression = value`. Unknown, and so no match, where a column in it is NULL.
    eq Equal;
    /// `expression <> value`. Unknown, and so no match, where a column in it is NULL.
    ne NotEqual;
    /// `expression < value`.
    lt Less;
    /// `expression <= value`.
    le LessOrEqual;
    /// `expression > value`.
    gt Greater;
    /// `expression >= value`.
    ge GreaterOrEqual;
}
