//! What every part of an expression has in common.

use crate::sql::render::Stored;
use crate::sql::text::Text;
use std::marker::PhantomData;

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
