//! Relations in a condition: whether there is a related row that meets another.

use crate::backend::Backend;
use crate::binder::Binder;
use crate::check::IsRoot;
use crate::column::{Column, ForeignKey, KeyColumn, NullableForeignKey};
use crate::expr::{
    All, And, Bind, Condition, InQuery, Node, NotInQuery, NullTest, Or, Transparent,
};
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
    #[expect(
        clippy::type_complexity,
        reason = "the text of the statement, as a type"
    )]
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

/// A column of `M` that names a row of `R`: its values, for those of `R` that it names.
type Referring<M, P, C> = Selected<M, P, C>;

impl<M, T, const I: usize, K> Column<M, T, I, K>
where
    M: Model<Policies: Transparent>,
    K: Relates<To: Model<Root: IsRoot<M::Root>>>,
{
    /// A row that refers to this one meets a condition.
    #[doc(hidden)]
    pub fn __some_from<P>(
        self,
        condition: impl FnOnce(M::Columns) -> Condition<M, P>,
    ) -> Condition<K::To, InQuery<KeyColumn<K::To>, Referring<M, P, Self>>> {
        let condition = condition(M::COLUMNS).into_node();
        Condition::new(InQuery::new(KeyColumn::new(), Selected::new(condition)))
    }

    /// No row that refers to this one meets a condition.
    #[doc(hidden)]
    #[expect(
        clippy::type_complexity,
        reason = "the text of the statement, as a type"
    )]
    pub fn __no_from<P>(
        self,
        condition: impl FnOnce(M::Columns) -> Condition<M, P>,
    ) -> Condition<
        K::To,
        NotInQuery<KeyColumn<K::To>, Referring<M, And<NullTest<Self, false>, P>, Self>>,
    > {
        let condition = And::new(NullTest::new(self), condition(M::COLUMNS).into_node());
        Condition::new(NotInQuery::new(KeyColumn::new(), Selected::new(condition)))
    }
}

/// Any row.
#[doc(hidden)]
pub fn any_row<M: Model>() -> Condition<M, All> {
    Condition::all()
}
