//! Values computed from a column.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::compare::{Compare, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
use crate::expr::condition::Condition;
use crate::expr::number::{How, Number};
use crate::expr::value::IntoExpr;
use crate::model::column::Column;
use crate::model::contract::Model;
use crate::model::obligations::Unguarded;
use crate::model::params::Binder;
use crate::sealed::{SEAL, Seal};
use crate::sql::node::Node;
use crate::sql::text::{EXACTLY, Text, text, too_large};
use std::marker::PhantomData;

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
        let mut text = Text::EMPTY;
        if let Some((before, _)) = H::NARROWED {
            text.on_sqlite(before);
        }
        if H::BEYOND_NUMBERS {
            // As SQLite has it: nothing is known of what is not a number.
            text.on_postgres("nullif(");
        }
        text.push("(");
        text.append(L::TEXT);
        if H::EXACT {
            text.mark(EXACTLY);
        }
        text.push(S::SYMBOL);
        text.append(R::TEXT);
        text.push(")");
        if H::BEYOND_NUMBERS {
            text.on_postgres(", 'NaN')");
        }
        if let Some((_, after)) = H::NARROWED {
            text.on_sqlite(after);
        }
        text
    };
    const PRESENT: &'static Text = &text!(append(L::PRESENT), append(R::PRESENT));
}

impl<L: Node, S: Sign, R: Node, H: How> Arithmetic<L, S, R, H> {
    /// The same where it is stored: what could not be read, or compared, is refused.
    ///
    /// SQLite computes beyond the type of the column, and stores that. PostgreSQL refuses that by itself, but not what is
    /// infinite. What is not a number is NULL here, though nothing that it was computed from is.
    pub(crate) const STORED: &'static Text = &{
        let mut text = text!(on_sqlite("(SELECT CASE WHEN "), on_sqlite(H::UNFIT));
        if H::BEYOND_NUMBERS {
            text.on_postgres("(SELECT CASE WHEN v IN ('Infinity', '-Infinity')");
            text.push(" OR v IS NULL");
            text.append(Self::PRESENT);
            // No integer is infinite, or no number.
            text.on_postgres(" THEN CAST(coalesce(v, 'NaN') AS bigint) ELSE v END FROM (SELECT ");
        }
        text.on_sqlite(concat!(" THEN ", too_large!(), " ELSE v END FROM (SELECT "));
        text.append(Self::TEXT);
        text.on_sqlite(" AS v))");
        if H::BEYOND_NUMBERS {
            text.on_postgres(" AS v) AS computed)");
        }
        text
    };
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

impl<L: Unguarded, S, R: Unguarded, H> Unguarded for Arithmetic<L, S, R, H> {
    const SEALED: Seal = SEAL;
}
