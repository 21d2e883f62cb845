//! Binding of expressions: which values a text takes, in its order.

use crate::backend::Backend;
use crate::model::params::Binder;
use crate::sql::node::Node;

/// A part of a statement whose values can be bound in the database `DB`.
pub trait Bind<DB: Backend>: Node {
    /// Binds the values in textual order.
    #[doc(hidden)]
    fn bind(self, binder: &mut Binder<DB>);
}

impl<DB: Backend, M: crate::model::contract::Model, T, const I: usize, K> Bind<DB>
    for crate::model::column::Column<M, T, I, K>
{
    fn bind(self, _: &mut Binder<DB>) {}
}

impl<DB: Backend, M: crate::model::contract::Model> Bind<DB>
    for crate::model::column::KeyColumn<M>
{
    fn bind(self, _: &mut Binder<DB>) {}
}
