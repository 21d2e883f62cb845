//! Columns: the handles that filters, orderings and assignments are written with.

use std::marker::PhantomData;

use crate::expr::{
    AssignTo, Assignment, Compare, Condition, Equal, Greater, GreaterOrEqual, IntoExpr, Less,
    LessOrEqual, List, Node, NotEqual, NullTest, Reference, Value,
};
use crate::model::Model;
use crate::query::order::{Ascending, Chosen, Descending, Order, Sort};
use crate::seal::SEAL;
use crate::sql::{Text, text};

pub use crate::check::{IsGuarded, MaskedOf, Telling, Unguarded};
pub use crate::stored::{Readable, Writable, Written};

/// A column of type `T` of the model `M`.
///
/// Handles come as the argument of a closure: `User::query().filter(|u| u.email.eq("…"))`. `K` says
/// what kind of column it is, and so what may be assigned to it.
pub struct Column<M, T, const I: usize, K = Required> {
    model: PhantomData<fn() -> (M, T, K)>,
}

/// The kind of a column that always has a value.
#[derive(Debug)]
pub struct Required(());
/// The kind of a column that may be NULL: an `Option` in the struct.
#[derive(Debug)]
pub struct Nullable(());
/// The kind of the primary key, which is never assigned.
#[derive(Debug)]
pub struct PrimaryKey(());
/// The kind of the tenant column, which is never assigned.
#[derive(Debug)]
pub struct TenantKey(());
/// The kind of a column that the database fills.
#[derive(Debug)]
pub struct Generated(());
/// The kind of a column that would be of kind `K`, if field policies did not guard it.
#[derive(Debug)]
pub struct Guarded<K>(PhantomData<fn() -> K>);
/// The kind of a foreign key to `R`.
#[derive(Debug)]
pub struct ForeignKey<R>(PhantomData<fn() -> R>);
/// The kind of a foreign key to `R` that may be NULL.
#[derive(Debug)]
pub struct NullableForeignKey<R>(PhantomData<fn() -> R>);

impl<M, T, const I: usize, K> Clone for Column<M, T, I, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T, const I: usize, K> Copy for Column<M, T, I, K> {}

impl<M: Model, T, const I: usize, K> std::fmt::Debug for Column<M, T, I, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", M::TABLE, M::FIELDS[I].name)
    }
}

impl<M: Model, T, const I: usize, K> Node for Column<M, T, I, K> {
    const COLUMNS: u128 = 1 << I;
    const TEXT: &'static Text = &if M::FIELDS[I].guarded() {
        text!(guarded(M::TABLE, M::FIELDS[I].name))
    } else {
        text!(column(M::TABLE, M::FIELDS[I].name))
    };
    const PRESENT: &'static Text = &text!(
        push(" AND "),
        column(M::TABLE, M::FIELDS[I].name),
        push(" IS NOT NULL")
    );
}

impl<M, T, const I: usize, K> Column<M, T, I, K> {
    pub(crate) const fn handle() -> Self {
        Self { model: PhantomData }
    }
}

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
    ) -> Condition<M, crate::expr::Between<Self, V::Expr, W::Expr>> {
        Condition::new(crate::expr::Between::new(
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

/// The primary key column of `M`, without its type.
#[derive(Debug)]
pub struct KeyColumn<M>(PhantomData<fn() -> M>);

impl<M> Clone for KeyColumn<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for KeyColumn<M> {}

impl<M> KeyColumn<M> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<M: Model> Node for KeyColumn<M> {
    const COLUMNS: u128 = 1 << M::KEY;
    const TEXT: &'static Text = &text!(column(M::TABLE, M::FIELDS[M::KEY].name));
}
