//! Values computed from a column.

use std::marker::PhantomData;

use super::node::{Bind, Node};
use super::value::IntoExpr;
use crate::backend::Backend;
use crate::binder::Binder;
use crate::column::Column;
use crate::model::Model;
use crate::seal::{SEAL, Seal};
use crate::sql::{Text, text};

/// A type of column that one can calculate with.
#[diagnostic::on_unimplemented(
    message = "one cannot calculate with a column of type `{Self}`",
    label = "not a number"
)]
pub trait Number {}

macro_rules! numbers {
    ($($ty:ty)*) => {$( impl Number for $ty {} )*};
}

numbers! { i16 i32 i64 f32 f64 }

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

/// `(left operator right)`.
#[derive(Clone, Copy, Debug)]
pub struct Arithmetic<L, S, R> {
    left: L,
    right: R,
    sign: PhantomData<S>,
}

impl<L: Node, S: Sign, R: Node> Node for Arithmetic<L, S, R> {
    const COLUMNS: u128 = L::COLUMNS | R::COLUMNS;
    const TEXT: &'static Text = &text!(
        push("("),
        append(L::TEXT),
        push(S::SYMBOL),
        append(R::TEXT),
        push(")"),
    );
}

impl<DB: Backend, L: Bind<DB>, S: Sign, R: Bind<DB>> Bind<DB> for Arithmetic<L, S, R> {
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
    ) -> Expression<M, T, Arithmetic<Self, Plus, V::Expr>>
    where
        T: Number,
    {
        self.calculate(value)
    }

    /// `column - value`, computed by the database.
    pub fn minus<V: IntoExpr<M, T>>(
        self,
        value: V,
    ) -> Expression<M, T, Arithmetic<Self, Minus, V::Expr>>
    where
        T: Number,
    {
        self.calculate(value)
    }

    fn calculate<S, V: IntoExpr<M, T>>(
        self,
        value: V,
    ) -> Expression<M, T, Arithmetic<Self, S, V::Expr>> {
        Expression {
            node: Arithmetic {
                left: self,
                right: value.into_expr(SEAL),
                sign: PhantomData,
            },
            model: PhantomData,
        }
    }
}
