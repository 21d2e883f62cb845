//! What every part of an expression has in common.

use std::marker::PhantomData;

use crate::backend::Backend;
use crate::binder::Binder;
use crate::sql::Text;
use crate::sql::render::Stored;

/// A part of a statement that knows its text. Sealed: the type of its text cannot be named outside.
pub trait Node {
    /// The text, if the type alone determines it.
    #[doc(hidden)]
    const TEXT: &'static Text;

    /// The columns of the statement's model that the text names, as bits.
    #[doc(hidden)]
    const COLUMNS: u128;

    /// ` AND column IS NOT NULL` for every column that the value is computed from.
    #[doc(hidden)]
    const PRESENT: &'static Text = &Text::EMPTY;

    /// Whether the text depends on the value, so that it has to be made at run time.
    #[doc(hidden)]
    const DYNAMIC: bool = false;

    /// Appends the text, as a template.
    #[doc(hidden)]
    fn render(&self, template: &mut Vec<u8>) {
        template.extend_from_slice(NodeText::<Self>::STORED.as_bytes());
    }
}

/// The text of a node, for statements whose other parts depend on values.
struct NodeText<N: ?Sized>(PhantomData<N>);

impl<N: Node + ?Sized> Stored for NodeText<N> {
    const TEXT: &'static Text = N::TEXT;
}

/// A part of a statement whose values can be bound in the database `DB`.
pub trait Bind<DB: Backend>: Node {
    /// Binds the values in textual order.
    #[doc(hidden)]
    fn bind(self, binder: &mut Binder<DB>);
}

impl<DB: Backend, M: crate::Model, T, const I: usize, K> Bind<DB> for crate::Column<M, T, I, K> {
    fn bind(self, _: &mut Binder<DB>) {}
}

impl<DB: Backend, M: crate::Model> Bind<DB> for crate::column::KeyColumn<M> {
    fn bind(self, _: &mut Binder<DB>) {}
}
