//! `ORDER BY`.

use std::fmt;
use std::marker::PhantomData;

use crate::expr::Node;
use crate::model::Model;
use crate::sql::Text;
use crate::sql::text::{NULLS_FIRST, NULLS_LAST};

/// The direction of an ordering.
pub trait Direction: 'static {
    #[doc(hidden)]
    const TEXT: Text;
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
    const TEXT: Text = Text::EMPTY.push(" ASC").mark(NULLS_LAST);
}

impl Direction for Descending {
    const TEXT: Text = Text::EMPTY.push(" DESC").mark(NULLS_FIRST);
}

/// An ordering of the rows of `M` by a column.
#[must_use = "an ordering does nothing until a query orders by it"]
pub struct Order<M, C, D> {
    column: C,
    direction: PhantomData<(fn() -> M, D)>,
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

/// One ordering, or a tuple of them, the most important first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an ordering of `{M}`",
    label = "expected `column.asc()`, `column.desc()` or a tuple of these"
)]
pub trait Ordering<M>: Send {
    /// `"a" ASC, "b" DESC`
    #[doc(hidden)]
    const TEXT: Text;
}

impl<M: Model, C: Node + Send, D: Direction + Send> Ordering<M> for Order<M, C, D> {
    const TEXT: Text = C::TEXT.append(&D::TEXT);
}

/// No ordering: the database gives the rows as it finds them.
#[derive(Clone, Copy, Debug)]
pub struct Unordered(());

impl Unordered {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

impl<M> Ordering<M> for Unordered {
    const TEXT: Text = Text::EMPTY;
}

const fn then(left: Text, right: &Text) -> Text {
    if left.as_bytes().is_empty() {
        left.append(right)
    } else {
        left.push(", ").append(right)
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        impl<Model_: Model, $($name: Ordering<Model_>),*> Ordering<Model_> for ($($name,)*) {
            const TEXT: Text = {
                let text = Text::EMPTY;
                $( let text = then(text, &$name::TEXT); )*
                text
            };
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
