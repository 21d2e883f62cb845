//! What a column can be asked in a filter, an ordering and an assignment.

use crate::expr::assign::Assignment;
use crate::expr::assignable::AssignTo;
use crate::expr::compare::{
    Compare, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual, NullTest,
};
use crate::expr::condition::Condition;
use crate::expr::list::List;
use crate::expr::order::{Ascending, Chosen, Descending, Order, Sort};
use crate::expr::reference::Reference;
use crate::expr::value::{IntoExpr, Value};
use crate::model::column::{Column, Guarded, Nullable, NullableForeignKey};
use crate::model::contract::Model;
use crate::sealed::SEAL;

impl<M: Model, T, const I: usize, K> Column<M, T, I, K> {
    /// `column = value`. Unknown, and so no match, where the column is NULL.
    pub fn eq<V: IntoExpr<M, T>>(self, value: V) -> Condition<M, Compare<Self, Equal, V::Expr>> {
        Condition::compare(self, value.into_expr(SEAL))
    }

    /// `column <> value`. Unknown, and so no match, where the column is NULL.
    pub fn ne<V: IntoExpr<M, T>>(self, value: V) -> Condition<M, Compare<Self, NotEqual, V::Expr>> {
        Condition::compare(self, value.into_expr(SEAL))
    }

    /// `column < value`.
    pub fn lt<V: IntoExpr<M, T>>(self, value: V) -> Condition<M, Compare<Self, Less, V::Expr>> {
        Condition::compare(self, value.into_expr(SEAL))
    }

    /// `column <= value`.
    pub fn le<V: IntoExpr<M, T>>(
        self,
        value: V,
    ) -> Condition<M, Compare<Self, LessOrEqual, V::Expr>> {
        Condition::compare(self, value.into_expr(SEAL))
    }

    /// `column > value`.
    pub fn gt<V: IntoExpr<M, T>>(self, value: V) -> Condition<M, Compare<Self, Greater, V::Expr>> {
        Condition::compare(self, value.into_expr(SEAL))
    }

    /// `column >= value`.
    pub fn ge<V: IntoExpr<M, T>>(
        self,
        value: V,
    ) -> Condition<M, Compare<Self, GreaterOrEqual, V::Expr>> {
        Condition::compare(self, value.into_expr(SEAL))
    }

    /// `column BETWEEN low AND high`, both included.
    pub fn between<V: IntoExpr<M, T>, W: IntoExpr<M, T>>(
        self,
        low: V,
        high: W,
    ) -> Condition<M, crate::expr::compare::Between<Self, V::Expr, W::Expr>> {
        Condition::new(crate::expr::compare::Between::new(
            self,
            low.into_expr(SEAL),
            high.into_expr(SEAL),
        ))
    }

    /// `column IN (…)`: the values of a list. Matches nothing if the list is empty.
    ///
    /// The statement's text depends on the length of the list and is made at run time.
    pub fn in_<L>(self, values: L) -> Condition<M, List<Self, L::Item>>
    where
        L: IntoIterator,
        L::Item: IntoExpr<M, T>,
    {
        Condition::new(List::new(self, values, false))
    }

    /// `column NOT IN (…)`. Matches everything if the list is empty, except where the column is
    /// NULL and the list is not empty.
    ///
    /// The statement's text depends on the length of the list and is made at run time.
    pub fn not_in<L>(self, values: L) -> Condition<M, List<Self, L::Item>>
    where
        L: IntoIterator,
        L::Item: IntoExpr<M, T>,
    {
        Condition::new(List::new(self, values, true))
    }

    /// `column IS NULL`.
    pub fn is_null(self) -> Condition<M, NullTest<Self, true>> {
        Condition::new(NullTest::new(self))
    }

    /// `column IS NOT NULL`.
    pub fn is_not_null(self) -> Condition<M, NullTest<Self, false>> {
        Condition::new(NullTest::new(self))
    }

    /// Orders by this column, smallest first; NULLs come last.
    pub fn asc(self) -> Order<M, Self, Ascending> {
        Order::new(self)
    }

    /// Orders by this column, greatest first; NULLs come first.
    pub fn desc(self) -> Order<M, Self, Descending> {
        Order::new(self)
    }

    /// Orders by this column, in a direction that the running program chooses.
    ///
    /// The statement's text is made at run time.
    pub fn by(self, sort: Sort) -> Chosen<Self> {
        Chosen::new(self, sort)
    }

    /// Assigns a value in an update, or instead of a default in a create.
    pub fn to<'t, V: AssignTo<'t, M, T, K>>(self, value: V) -> Assignment<'t, M, I, V::Expr> {
        Assignment::new(value.into_assigned(SEAL))
    }
}

impl<M: Model, T, const I: usize> Column<M, T, I, Nullable> {
    /// Assigns NULL in an update.
    pub fn to_null<'t>(self) -> Assignment<'t, M, I, Value<Option<T>>> {
        Assignment::new(Value(None))
    }
}

impl<M: Model, T, const I: usize> Column<M, T, I, Guarded<Nullable>> {
    /// Assigns NULL in an update.
    pub fn to_null<'t>(self) -> Assignment<'t, M, I, Value<Option<T>>> {
        Assignment::new(Value(None))
    }
}

impl<M: Model, T, const I: usize, R: Model> Column<M, T, I, NullableForeignKey<R>> {
    /// Assigns NULL in an update: no row is referred to.
    pub fn to_null<'t>(self) -> Assignment<'t, M, I, Reference<R>> {
        Assignment::new(Reference::from_option(None))
    }
}
