//! `ORDER BY`.

use crate::model::column::Column;
use crate::model::contract::Model;
use crate::sealed::{SEAL, Seal};
use crate::sql::node::Node;
use crate::sql::render::Stored;
use crate::sql::text::{NULLS_FIRST, NULLS_LAST, Text, text};
use std::fmt;
use std::marker::PhantomData;

/// The direction of an ordering. Sealed.
pub trait Direction: 'static {
    #[doc(hidden)]
    const WORD: &'static str;
    #[doc(hidden)]
    const SEALED: Seal;
    /// Where NULLs go in a column that has any.
    #[doc(hidden)]
    const NULLS: u8;
}

/// Smallest first, NULLs last.
#[derive(Clone, Copy, Debug)]
pub struct Ascending(());

/// Greatest first, NULLs first.
#[derive(Clone, Copy, Debug)]
pub struct Descending(());

// NULLs sort on PostgreSQL as if greater than every value, on SQLite as if smaller. The
// orderings here are PostgreSQL's, spelled out where they are not the database's own.
impl Direction for Ascending {
    const WORD: &'static str = " ASC";
    const NULLS: u8 = NULLS_LAST;
    const SEALED: Seal = SEAL;
}

impl Direction for Descending {
    const WORD: &'static str = " DESC";
    const NULLS: u8 = NULLS_FIRST;
    const SEALED: Seal = SEAL;
}

/// An ordering of the rows of `M` by a column.
#[must_use = "an ordering does nothing until a query orders by it"]
pub struct Order<M, C, D> {
    column: C,
    direction: PhantomData<fn() -> (M, D)>,
}

impl<M, C, D> Order<M, C, D> {
    pub(crate) fn new(column: C) -> Self {
        Self {
            column,
            direction: PhantomData,
        }
    }
}

impl<M, C: fmt::Debug, D> fmt::Debug for Order<M, C, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.column.fmt(f)
    }
}

impl<M, C: Clone, D> Clone for Order<M, C, D> {
    fn clone(&self) -> Self {
        Self::new(self.column.clone())
    }
}

/// A direction that the running program chooses: `|u| u.email.by(direction)`.
///
/// ```
/// # use tenancy::{TenantRoot, TenantScoped};
/// # #[derive(Debug, TenantRoot)]
/// # #[tenancy(database = tenancy::sqlx::Sqlite)]
/// # struct Organization { id: uuid::Uuid }
/// # #[derive(Debug, TenantScoped)]
/// # #[tenancy(root = Organization)]
/// # struct User { id: uuid::Uuid, email: String, age: i64 }
/// use tenancy::Sort;
///
/// let oldest_first = true;
/// let direction = if oldest_first { Sort::Desc } else { Sort::Asc };
/// let users = User::query().order_by(|u| (u.age.by(direction), u.email.asc()));
/// assert!(users.sql().ends_with(r#" ORDER BY "users"."age" DESC, "users"."email" ASC"#));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Smallest first, NULLs last: as [`asc`](crate::Column::asc).
    Asc,
    /// Greatest first, NULLs first: as [`desc`](crate::Column::desc).
    Desc,
}

/// An ordering of the rows of `M` by a column, in a direction that the running program chooses.
#[derive(Clone, Debug)]
#[must_use = "an ordering does nothing until a query orders by it"]
pub struct Chosen<C> {
    column: C,
    sort: Sort,
}

impl<C> Chosen<C> {
    pub(crate) fn new(column: C, sort: Sort) -> Self {
        Self { column, sort }
    }
}

#[diagnostic::do_not_recommend]
impl<M, T, const I: usize, K> Ordering<M> for Chosen<Column<M, T, I, K>>
where
    M: Model,
{
    const TEXT: &'static Text = &Text::EMPTY;
    const DYNAMIC: bool = true;

    fn render(&self, template: &mut Vec<u8>) {
        match self.sort {
            Sort::Asc => Order::<M, _, Ascending>::new(self.column).render(template),
            Sort::Desc => Order::<M, _, Descending>::new(self.column).render(template),
        }
    }
}

/// One ordering, or a tuple of them, the most important first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an ordering of `{M}`",
    label = "expected `column.asc()`, `column.desc()` or a tuple of these",
    note = "where the running program chooses the direction: `column.by(direction)`, with a `tenancy::Sort`"
)]
pub trait Ordering<M>: Send + Sized {
    /// `"a" ASC, "b" DESC`, if the type alone determines it.
    #[doc(hidden)]
    const TEXT: &'static Text;

    /// Whether the text depends on the value.
    #[doc(hidden)]
    const DYNAMIC: bool = false;

    /// Appends the text, as a template.
    #[doc(hidden)]
    fn render(&self, template: &mut Vec<u8>) {
        template.extend_from_slice(OrderText::<M, Self>::STORED.as_bytes());
    }
}

/// The text of an ordering, beside one that depends on a value.
struct OrderText<M, O>(PhantomData<(M, O)>);

impl<M, O: Ordering<M>> Stored for OrderText<M, O> {
    const TEXT: &'static Text = O::TEXT;
}

impl<M, T, const I: usize, K, D> Ordering<M> for Order<M, Column<M, T, I, K>, D>
where
    M: Model,
    D: Direction,
{
    const TEXT: &'static Text = &{
        let mut text = text!(append(<Column<M, T, I, K> as Node>::TEXT), push(D::WORD));
        // What is hidden counts as NULL.
        if M::FIELDS[I].nullable() || M::FIELDS[I].guarded() {
            text.mark(D::NULLS);
        }
        text
    };
}

/// No ordering: the database gives the rows as it finds them.
#[derive(Clone, Copy, Debug)]
pub struct Unordered(());

impl Unordered {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

#[diagnostic::do_not_recommend]
impl<M> Ordering<M> for Unordered {
    const TEXT: &'static Text = &Text::EMPTY;
}

const fn then(text: &mut Text, next: &Text) {
    if !text.is_empty() {
        text.push(", ");
    }
    text.append(next);
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        #[expect(non_snake_case, reason = "named after the types")]
        impl<Model_: Model, $($name: Ordering<Model_>),*> Ordering<Model_> for ($($name,)*) {
            const TEXT: &'static Text = &{
                let mut text = Text::EMPTY;
                $( then(&mut text, $name::TEXT); )*
                text
            };
            const DYNAMIC: bool = false $( || $name::DYNAMIC )*;

            fn render(&self, template: &mut Vec<u8>) {
                let ($($name,)*) = self;
                let start = template.len();
                $(
                    if template.len() > start {
                        template.extend_from_slice(b", ");
                    }
                    $name.render(template);
                )*
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}
