//! Values: what a column may be compared with.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::model::column::Column;
use crate::model::contract::Model;
use crate::model::obligations::Unguarded;
use crate::model::params::Binder;
use crate::sealed::{SEAL, Seal};
use crate::sql::node::Node;
use crate::sql::text::{Text, USER, text};
use sqlx::{Encode, Type};

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Value<V>(pub(crate) V);

impl<V> Node for Value<V> {
    const COLUMNS: u128 = 0;
    const TEXT: &'static Text = &text!(mark(USER));
}

impl<DB, V> Bind<DB> for Value<V>
where
    DB: Backend,
    V: for<'q> Encode<'q, DB> + Type<DB>,
{
    fn bind(self, binder: &mut Binder<DB>) {
        binder.user(self.0);
    }
}

/// What stands for a value of type `T` in a statement about `M`: a value, a reference to one, or
/// another column of the same model and type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for this column: it holds `{T}`",
    label = "expected `{T}`",
    note = "a column is compared with a value of its own type, a reference to one, or a column of the same model",
    note = "NULL is never equal to anything: use `.is_null()` or `.is_not_null()`"
)]
pub trait IntoExpr<M, T> {
    /// The part of the statement it becomes.
    type Expr;

    /// Makes that part.
    #[doc(hidden)]
    fn into_expr(self, _: Seal) -> Self::Expr;
}

impl<M, T> IntoExpr<M, T> for T {
    type Expr = Value<T>;

    fn into_expr(self, _: Seal) -> Value<T> {
        Value(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> IntoExpr<M, T> for &T {
    type Expr = Value<Self>;

    fn into_expr(self, _: Seal) -> Value<Self> {
        Value(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> IntoExpr<M, Option<T>> for T {
    type Expr = Value<T>;

    fn into_expr(self, _: Seal) -> Value<T> {
        Value(self)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, M> IntoExpr<M, String> for &'a str {
    type Expr = Value<&'a str>;

    fn into_expr(self, _: Seal) -> Value<&'a str> {
        Value(self)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, M> IntoExpr<M, Option<String>> for &'a str {
    type Expr = Value<&'a str>;

    fn into_expr(self, _: Seal) -> Value<&'a str> {
        Value(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, T, const I: usize, K> IntoExpr<M, T> for Column<M, T, I, K> {
    type Expr = Self;

    fn into_expr(self, _: Seal) -> Self {
        self
    }
}

// A value of a column that may be NULL is one of the column, or NULL.
#[diagnostic::do_not_recommend]
impl<M: Model, T, const I: usize, K> IntoExpr<M, Option<T>> for Column<M, T, I, K> {
    type Expr = Self;

    fn into_expr(self, _: Seal) -> Self {
        self
    }
}

impl<V> Unguarded for Value<V> {
    const SEALED: Seal = SEAL;
}
