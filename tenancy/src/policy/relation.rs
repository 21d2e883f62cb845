//! Relations in a condition: whether there is a related row that meets another.

use crate::backend::Backend;
use crate::binder::Binder;
use crate::check::IsRoot;
use crate::column::{Column, ForeignKey, KeyColumn, NullableForeignKey};
use crate::expr::{All, Bind, Condition, InQuery, Node, NotInQuery, NullTest, Or, Transparent};
use crate::model::Model;
use crate::query::selected::Selected;
use crate::sql::{Text, text};

/// A kind of column that names a row of another model.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this column is not a relation",
    label = "not a foreign key",
    note = "a relation is a column with `#[tenancy(belongs_to = …)]`"
)]
pub trait Relates {
    /// The other model.
    type To: Model;
}

impl<R: Model> Relates for ForeignKey<R> {
    type To = R;
}

impl<R: Model> Relates for NullableForeignKey<R> {
    type To = R;
}

/// A condition that is not certainly true: false, or unknown.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct NotTrue<P>(P);

impl<P: Node> Node for NotTrue<P> {
    const TEXT: &'static Text = if Self::DYNAMIC {
        &Text::EMPTY
    } else {
        &text!(push("("), append(P::TEXT), push(") IS NOT TRUE"))
    };
    const COLUMNS: u128 = P::COLUMNS;
    const DYNAMIC: bool = P::DYNAMIC;

    fn render(&self, template: &mut Vec<u8>) {
        template.push(b'(');
        self.0.render(template);
        template.extend_from_slice(b") IS NOT TRUE");
    }
}

impl<DB: Backend, P: Bind<DB>> Bind<DB> for NotTrue<P> {
    fn bind(self, binder: &mut Binder<DB>) {
        self.0.bind(binder);
    }
}

/// The condition is not certainly true.
#[doc(hidden)]
pub fn not_true<M, P>(condition: Condition<M, P>) -> Condition<M, NotTrue<P>> {
    Condition::new(NotTrue(condition.into_node()))
}

/// The keys of related rows that meet a condition.
type Keys<R, P> = Selected<R, P, KeyColumn<R>>;

impl<M: Model, T, const I: usize, K> Column<M, T, I, K> {
    /// The related row meets a condition.
    #[doc(hidden)]
    pub fn __some<P>(
        self,
        condition: impl FnOnce(<K::To as Model>::Columns) -> Condition<K::To, P>,
    ) -> Condition<M, InQuery<Self, Keys<K::To, P>>>
    where
        K: Relates,
        K::To: Model<Root: IsRoot<M::Root>, Policies: Transparent>,
    {
        let condition = condition(<K::To as Model>::COLUMNS).into_node();
        Condition::new(InQuery::new(self, Selected::new(condition)))
    }

    /// There is no related row, or none that meets a condition.
    #[doc(hidden)]
    pub fn __no<P>(
        self,
        condition: impl FnOnce(<K::To as Model>::Columns) -> Condition<K::To, P>,
    ) -> Condition<M, Or<NullTest<Self, true>, NotInQuery<Self, Keys<K::To, P>>>>
    where
        K: Relates,
        K::To: Model<Root: IsRoot<M::Root>, Policies: Transparent>,
    {
        let condition = condition(<K::To as Model>::COLUMNS).into_node();
        let none = NotInQuery::new(self, Selected::new(condition));
        Condition::new(Or::new(NullTest::new(self), none))
    }
}

/// Any row.
#[doc(hidden)]
pub fn any_row<M: Model>() -> Condition<M, All> {
    Condition::all()
}
