//! The conditions of a query, one `filter` after the other.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::expr::flat::{Boxed, Flat};
use crate::model::params::Binder;
use crate::sql::node::Node;
use crate::sql::text::{Text, text};

/// No condition.
#[derive(Clone, Copy, Debug)]
pub struct Unfiltered(());

impl Node for Unfiltered {
    const COLUMNS: u128 = 0;
    const TEXT: &'static Text = &Text::EMPTY;
}

impl<DB: Backend> Bind<DB> for Unfiltered {
    fn bind(self, _: &mut Binder<DB>) {}
}

impl Unfiltered {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

/// Whether it is a condition.
pub(crate) const fn asks<P: Node>() -> bool {
    P::DYNAMIC || !P::TEXT.is_empty()
}

/// A condition, and another one besides: what [`Query::filter`](super::select::Query::filter) makes of them.
#[derive(Clone, Copy, Debug)]
pub struct Narrowed<P, Q> {
    condition: P,
    added: Q,
}

impl<P: Node, Q: Node> Node for Narrowed<P, Q> {
    const COLUMNS: u128 = P::COLUMNS | Q::COLUMNS;
    const TEXT: &'static Text = if Self::DYNAMIC {
        &Text::EMPTY
    } else if P::TEXT.is_empty() {
        Q::TEXT
    } else {
        &text!(
            push("("),
            append(P::TEXT),
            push(" AND "),
            append(Q::TEXT),
            push(")"),
        )
    };
    const DYNAMIC: bool = P::DYNAMIC || Q::DYNAMIC;

    fn render(&self, template: &mut Vec<u8>) {
        if !P::DYNAMIC && P::TEXT.is_empty() {
            return self.added.render(template);
        }
        template.push(b'(');
        self.condition.render(template);
        template.extend_from_slice(b" AND ");
        self.added.render(template);
        template.push(b')');
    }
}

impl<DB: Backend, P: Bind<DB>, Q: Bind<DB>> Bind<DB> for Narrowed<P, Q> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.condition.bind(binder);
        self.added.bind(binder);
    }
}

impl<P, Q> Narrowed<P, Q> {
    pub(crate) fn new<M>(condition: P, added: Condition<M, Q>) -> Self {
        Self {
            condition,
            added: added.into_node(),
        }
    }
}

impl<'q, DB: Backend> Flat<'q, DB> for Unfiltered {}

impl<'q, DB: Backend, P: Flat<'q, DB>, Q: Flat<'q, DB>> Flat<'q, DB> for Narrowed<P, Q> {
    fn flatten(self) -> Boxed<'q, DB> {
        if asks::<P>() {
            self.condition.flatten().and(self.added.flatten())
        } else {
            self.added.flatten()
        }
    }
}
