//! `IN` over the result of another query, which is scoped to the tenant by itself.

use super::condition::Condition;
use super::node::{Bind, Node};
use crate::backend::Backend;
use crate::binder::Binder;
use crate::check::IsRoot;
use crate::column::Column;
use crate::model::{Global, Model, Tenanted};
use crate::query::selected::{Selected, SelectedColumn};
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

/// A scoping whose models may be looked into from a statement on a model of the scoping `S`. Sealed.
///
/// A statement on a global model may run without a tenant, and then there is none to scope the
/// sub-query to.
#[diagnostic::on_unimplemented(
    message = "a statement on rows that all tenants share cannot look into rows of tenants",
    label = "this query is about rows of tenants",
    note = "such a statement may run without a tenant, and then there is none to look into"
)]
pub trait SubqueryOf<S> {
    #[doc(hidden)]
    const SEALED: Seal;
}

impl SubqueryOf<Self> for Tenanted {
    const SEALED: Seal = SEAL;
}

impl SubqueryOf<Tenanted> for Global {
    const SEALED: Seal = SEAL;
}

impl SubqueryOf<Self> for Global {
    const SEALED: Seal = SEAL;
}

/// The type of a selected column that a column of type `T` can be looked up in.
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` cannot be among selected values of type `{Self}`",
    label = "selects `{Self}`, and the column holds `{T}`"
)]
pub trait SelectedAs<T> {}

impl<T> SelectedAs<Self> for T {}

impl<M: Model, T, const I: usize, K> Column<M, T, I, K> {
    /// The value is among the values of a column that another query selects.
    ///
    /// The other query sees the rows of the same tenant only.
    pub fn in_query<N, P, C>(
        self,
        query: Selected<N, P, C>,
    ) -> Condition<M, InQuery<Self, Selected<N, P, C>>>
    where
        N: Model<Root: IsRoot<M::Root>, Scoping: SubqueryOf<M::Scoping>>,
        C: SelectedColumn<N, Type: SelectedAs<T>>,
    {
        Condition::new(InQuery {
            column: self,
            query,
        })
    }
}
