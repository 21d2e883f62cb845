//! `IN` over the result of another query, which is scoped to the tenant by itself.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::expr::flat::{Boxed, Flat};
use crate::expr::selected::{Selected, SelectedColumn, SelectedHead};
use crate::model::column::Column;
use crate::model::contract::Model;
use crate::model::obligations::{IsRoot, SubqueryOf};
use crate::model::params::Binder;
use crate::model::policed::{Transparent, derived};
use crate::sql::node::Node;
use crate::sql::render::Stored;
use crate::sql::text::{Text, text};
use crate::stmt::statement;
use std::marker::PhantomData;

macro_rules! in_query {
    ($(#[$doc:meta])* $name:ident, $word:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name<C, Q> {
            column: C,
            query: Q,
        }

        impl<C, Q> $name<C, Q> {
            pub(crate) fn new(column: C, query: Q) -> Self {
                Self { column, query }
            }
        }

        impl<C: Node, Q: Node> Node for $name<C, Q> {
            const TEXT: &'static Text = if Q::DYNAMIC {
                &Text::EMPTY
            } else {
                &text!(append(C::TEXT), push($word), append(Q::TEXT), push(")"))
            };
            const COLUMNS: u128 = C::COLUMNS;
            const DYNAMIC: bool = Q::DYNAMIC;

            fn render(&self, template: &mut Vec<u8>) {
                self.column.render(template);
                template.extend_from_slice($word.as_bytes());
                self.query.render(template);
                template.push(b')');
            }
        }

        impl<DB: Backend, C: Bind<DB>, Q: Bind<DB>> Bind<DB> for $name<C, Q> {
            fn bind(self, binder: &mut Binder<DB>) {
                self.column.bind(binder);
                self.query.bind(binder);
            }
        }
    };
}

in_query!(
    /// `column IN (SELECT …)`.
    InQuery,
    " IN ("
);

in_query!(
    /// `column NOT IN (SELECT …)`.
    NotInQuery,
    " NOT IN ("
);

/// The text of an `IN` before the condition of its query.
struct Before<C, M, S>(PhantomData<(C, M, S)>);

impl<C: Node, M: Model, S: SelectedColumn<M>> Stored for Before<C, M, S> {
    const TEXT: &'static Text = &text!(
        append(C::TEXT),
        push(" IN ("),
        append(SelectedHead::<M, S>::TEXT),
        push(" WHERE (")
    );
}

/// The text after it.
struct After<M>(PhantomData<M>);

impl<M: Model> Stored for After<M> {
    const TEXT: &'static Text = &text!(append(&statement::and_ours::<M>()), push(")"));
}

impl<'q, DB, M, T, const I: usize, K, N, P, S> Flat<'q, DB>
    for InQuery<Column<M, T, I, K>, Selected<N, P, S>>
where
    DB: Backend,
    M: Model,
    N: Model,
    P: Flat<'q, DB>,
    S: SelectedColumn<N>,
    Self: Bind<DB> + Send + 'q,
{
    fn flatten(self) -> Boxed<'q, DB> {
        if P::DYNAMIC {
            let before = Before::<Column<M, T, I, K>, N, S>::STORED;
            let condition = self.query.into_condition().flatten();
            condition.within(before, After::<N>::STORED)
        } else {
            Boxed::one(self)
        }
    }
}

macro_rules! exists {
    ($(#[$doc:meta])* $name:ident, $word:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name<Q>(Q);

        impl<Q> $name<Q> {
            pub(crate) fn new(query: Q) -> Self {
                Self(query)
            }
        }

        impl<Q: Node> Node for $name<Q> {
            const TEXT: &'static Text = if Q::DYNAMIC {
                &Text::EMPTY
            } else {
                &text!(push($word), append(Q::TEXT), push(")"))
            };
            const COLUMNS: u128 = 0;
            const DYNAMIC: bool = Q::DYNAMIC;

            fn render(&self, template: &mut Vec<u8>) {
                template.extend_from_slice($word.as_bytes());
                self.0.render(template);
                template.push(b')');
            }
        }

        impl<DB: Backend, Q: Bind<DB>> Bind<DB> for $name<Q> {
            fn bind(self, binder: &mut Binder<DB>) {
                self.0.bind(binder);
            }
        }
    };
}

exists!(
    /// `EXISTS (SELECT …)`.
    Exists,
    "EXISTS ("
);

exists!(
    /// `NOT EXISTS (SELECT …)`.
    NotExists,
    "NOT EXISTS ("
);

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
        N: Model<Root: IsRoot<M::Root>, Policies: Transparent> + SubqueryOf<M>,
        C: SelectedColumn<N, Type: SelectedAs<T>>,
    {
        const { derived::<N>(false, false) }
        Condition::new(InQuery::new(self, query))
    }
}
