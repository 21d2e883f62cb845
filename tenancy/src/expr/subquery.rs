//! `IN` over the result of another query, which is scoped to the tenant by itself.

use super::condition::Condition;
use super::node::{Bind, Node};
use crate::backend::Backend;
use crate::binder::Binder;
use crate::column::Column;
use crate::model::{Global, Model, Tenanted};
use crate::query::select::Selected;
use crate::seal::{SEAL, Seal};
use crate::sql::{Text, text};

/// `column IN (SELECT …)`.
#[derive(Clone, Debug)]
pub struct InQuery<C, Q> {
    column: C,
    query: Q,
}

impl<C: Node, Q: Node> Node for InQuery<C, Q> {
    const TEXT: &'static Text = if Q::DYNAMIC {
        &Text::EMPTY
    } else {
        &text!(append(C::TEXT), push(" IN ("), append(Q::TEXT), push(")"))
    };
    const DYNAMIC: bool = Q::DYNAMIC;

    fn render(&self, template: &mut Vec<u8>) {
        self.column.render(template);
        template.extend_from_slice(b" IN (");
        self.query.render(template);
        template.push(b')');
    }
}

impl<DB: Backend, C: Bind<DB>, Q: Bind<DB>> Bind<DB> for InQuery<C, Q> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.column.bind(binder);
        self.query.bind(binder);
    }
}

/// Whether a query on `Self` may be part of a statement of the given scoping.
///
/// A statement on a global model may run without a tenant, and then there is none to scope the
/// sub-query to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` belongs to tenants, so it cannot be looked into from a global model",
    label = "a statement on a global model may run without a tenant"
)]
pub trait SubqueryOf<S> {
    #[doc(hidden)]
    const SEALED: Seal;
}

impl<M: Model> SubqueryOf<Tenanted> for M {
    const SEALED: Seal = SEAL;
}

impl<M: Model<Scoping = Global>> SubqueryOf<Global> for M {
    const SEALED: Seal = SEAL;
}

impl<M: Model, T, const I: usize, K> Column<M, T, I, K> {
    /// The value is among the values of a column that another query selects.
    ///
    /// The other query sees the rows of the same tenant only.
    pub fn in_query<N, P, C>(
        self,
        query: Selected<N, P, C>,
    ) -> Condition<M, InQuery<Self, Selected<N, P, C>>>
    where
        N: Model<Root = M::Root> + SubqueryOf<M::Scoping>,
        C: crate::query::select::SelectedColumn<N, Type = T>,
    {
        Condition::new(InQuery {
            column: self,
            query,
        })
    }
}
