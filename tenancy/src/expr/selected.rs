//! Sub-queries: the values of one column of a query.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::model::column::{Column, KeyColumn};
use crate::model::contract::Model;
use crate::model::params::Binder;
use crate::sql::node::Node;
use crate::sql::render::Stored;
use crate::sql::text::{Text, text};
use crate::stmt::scope::render_scoped;
use crate::stmt::statement;
use std::fmt;
use std::marker::PhantomData;

/// A column that a sub-query selects.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column of `{M}`",
    label = "expected a column of `{M}`"
)]
pub trait SelectedColumn<M> {
    /// The type of its values.
    type Type;
    #[doc(hidden)]
    const TEXT: &'static Text;
}

impl<M: Model, T, const I: usize, K> SelectedColumn<M> for Column<M, T, I, K> {
    type Type = T;
    const TEXT: &'static Text = <Self as Node>::TEXT;
}

/// The values of one column of a query, for the condition of another.
pub struct Selected<M, P, C> {
    pub(crate) condition: P,
    pub(crate) column: PhantomData<fn() -> (M, C)>,
}

impl<M, P, C> Selected<M, P, C> {
    pub(crate) fn new(condition: P) -> Self {
        Self {
            condition,
            column: PhantomData,
        }
    }
}

impl<M, P, C> Selected<M, P, C> {
    pub(crate) fn into_condition(self) -> P {
        self.condition
    }
}

impl<M: Model> SelectedColumn<M> for KeyColumn<M> {
    type Type = M::Key;
    const TEXT: &'static Text = <Self as Node>::TEXT;
}

pub(crate) struct SelectedHead<M, C>(PhantomData<(M, C)>);

impl<M: Model, C: SelectedColumn<M>> Stored for SelectedHead<M, C> {
    const TEXT: &'static Text = &text!(
        push("SELECT "),
        append(C::TEXT),
        push(" FROM "),
        append(&statement::table::<M>()),
    );
}

impl<M: Model, P: Node, C: SelectedColumn<M>> Node for Selected<M, P, C> {
    const COLUMNS: u128 = 0;
    const TEXT: &'static Text = &{
        let mut text = Text::EMPTY;
        if !P::DYNAMIC {
            text.append(SelectedHead::<M, C>::TEXT);
            statement::scoped::<M>(&mut text, P::TEXT);
        }
        text
    };
    const DYNAMIC: bool = P::DYNAMIC;

    fn render(&self, template: &mut Vec<u8>) {
        template.extend_from_slice(SelectedHead::<M, C>::STORED.as_bytes());
        render_scoped::<M>(&self.condition, template);
    }
}

impl<DB: Backend, M: Model, P: Bind<DB>, C: SelectedColumn<M>> Bind<DB> for Selected<M, P, C> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.condition.bind(binder);
    }
}

impl<M, P: Clone, C> Clone for Selected<M, P, C> {
    fn clone(&self) -> Self {
        Self {
            condition: self.condition.clone(),
            column: PhantomData,
        }
    }
}

impl<M: Model, P, C> fmt::Debug for Selected<M, P, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Selected({})", M::TABLE)
    }
}
