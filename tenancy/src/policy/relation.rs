//! Relations in a condition: whether there is a related row that meets another.

use crate::backend::Backend;
use crate::expr::bind::Bind;
use crate::expr::compare::NullTest;
use crate::expr::condition::{All, Condition};
use crate::expr::logic::{And, Or};
use crate::expr::selected::Selected;
use crate::expr::subquery::{Exists, InQuery, NotExists, NotInQuery};
use crate::model::column::{Column, ForeignKey, KeyColumn, NullableForeignKey};
use crate::model::contract::{DatabaseOf, Model, TenantRoot};
use crate::model::obligations::IsRoot;
use crate::model::params::Binder;
use crate::policy::action::Action;
use crate::policy::actor::By;
use crate::policy::contract::Actor;
use crate::policy::decided::{Decided, Named};
use crate::policy::given::Unlike;
use crate::policy::look::{Everything, Looks, Seen};
use crate::policy::permit::Permission;
use crate::policy::place::AskedBy;
use crate::sql::node::Node;
use crate::sql::text::{Text, text};
use std::marker::PhantomData;

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

/// The model that a relation was declared for.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this foreign key refers to `{Self}`, and the policies are about `{M}`",
    label = "not a foreign key to `{M}`",
    note = "`relation name = Other.column;` names the rows of another model whose column refers to this row"
)]
pub trait RelatedTo<M> {}

impl<M> RelatedTo<Self> for M {}

#[diagnostic::do_not_recommend]
impl<M> RelatedTo<Unlike<Self>> for M {}

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

/// Any row.
#[doc(hidden)]
pub fn any_row<M: Model>() -> Condition<M, All> {
    Condition::all()
}

/// How rows of `R` are related to a row of `M`. Sealed: what it makes of them cannot be made outside.
#[doc(hidden)]
pub trait Link<M: Model, R: Model>: Copy {
    type Some<P>;
    type No<P>;

    /// One of the rows is related.
    fn some<P>(self, rows: P) -> Self::Some<P>;
    /// None of the rows is related.
    fn no<P>(self, rows: P) -> Self::No<P>;
}

/// A foreign key of the row: `owner_id.any(|owner| …)`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Forth<C>(C);

// Whoever made it, by `__look`, asked whether the column is a foreign key. Asked again here, one mistake would be
// several messages.
impl<M, R, T, const I: usize, K> Link<M, R> for Forth<Column<M, T, I, K>>
where
    M: Model,
    R: Model,
{
    type Some<P> = InQuery<Column<M, T, I, K>, Selected<R, P, KeyColumn<R>>>;
    type No<P> = Or<
        NullTest<Column<M, T, I, K>, true>,
        NotInQuery<Column<M, T, I, K>, Selected<R, P, KeyColumn<R>>>,
    >;

    fn some<P>(self, rows: P) -> Self::Some<P> {
        InQuery::new(self.0, Selected::new(rows))
    }

    fn no<P>(self, rows: P) -> Self::No<P> {
        let none = NotInQuery::new(self.0, Selected::new(rows));
        Or::new(NullTest::new(self.0), none)
    }
}

/// A foreign key of other rows to this one: `relation shares = Share.document_id;`.
///
/// One that is NULL refers to no row. It is left out, since a NULL among the values would make `NOT IN`
/// unknown.
#[doc(hidden)]
#[derive(Debug)]
pub struct Back<C>(C);

impl<C> Back<C> {
    /// Whoever makes it asks whether the key is one to the model that is looked back from.
    pub(crate) fn of(column: C) -> Self {
        Self(column)
    }
}

impl<C: Copy> Clone for Back<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Copy> Copy for Back<C> {}

// Whoever made it, by `__look_back`, asked whether the key is one to `M`.
impl<M, R, T, const I: usize, K> Link<M, R> for Back<Column<R, T, I, K>>
where
    M: Model,
    R: Model,
{
    type Some<P> = InQuery<KeyColumn<M>, Referring<R, Column<R, T, I, K>, P>>;
    type No<P> = NotInQuery<KeyColumn<M>, Referring<R, Column<R, T, I, K>, P>>;

    fn some<P>(self, rows: P) -> Self::Some<P> {
        let rows = And::new(NullTest::new(self.0), rows);
        InQuery::new(KeyColumn::new(), Selected::new(rows))
    }

    fn no<P>(self, rows: P) -> Self::No<P> {
        let rows = And::new(NullTest::new(self.0), rows);
        NotInQuery::new(KeyColumn::new(), Selected::new(rows))
    }
}

/// What refers to the row, of the rows that meet a condition.
type Referring<R, C, P> = Selected<R, And<NullTest<C, false>, P>, C>;

/// The tenant's own row: `tenant.plan == Plan::Pro`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct OwnTenant(());

impl<M: Model, R: Model> Link<M, R> for OwnTenant {
    type Some<P> = Exists<Selected<R, P, KeyColumn<R>>>;
    type No<P> = NotExists<Selected<R, P, KeyColumn<R>>>;

    fn some<P>(self, rows: P) -> Self::Some<P> {
        Exists::new(Selected::new(rows))
    }

    fn no<P>(self, rows: P) -> Self::No<P> {
        NotExists::new(Selected::new(rows))
    }
}

/// Rows that are related to a row of `M`, as far as they are there for the actor.
#[doc(hidden)]
pub struct Related<M, R, L, S> {
    link: L,
    seen: S,
    models: PhantomData<fn() -> (M, R)>,
}

impl<M, R, L: std::fmt::Debug, S> std::fmt::Debug for Related<M, R, L, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Related").field(&self.link).finish()
    }
}

/// The model that the rules are about.
#[doc(hidden)]
#[must_use]
pub fn of<M>() -> PhantomData<fn() -> M> {
    PhantomData
}

impl<M: Model, T, const I: usize, K> Column<M, T, I, K> {
    /// The columns of the row that the foreign key names.
    #[doc(hidden)]
    #[must_use]
    pub fn __to(self) -> <K::To as Model>::Columns
    where
        K: Relates,
    {
        <K::To as Model>::COLUMNS
    }

    /// Calls `then` with the row that the foreign key names, if it is there for the actor.
    #[doc(hidden)]
    pub fn __look<A: Actor, Act: Action, U>(
        self,
        _: Act,
        by: By<'_, A>,
        then: impl for<'q> FnOnce(
            &Related<
                M,
                K::To,
                Forth<Self>,
                <<K::To as Model>::Policies as Looks<K::To, A, Act>>::Seen<'q>,
            >,
        ) -> U,
    ) -> U
    where
        K: Relates<To: Model<Root: IsRoot<M::Root>, Policies: Looks<K::To, A, Act>>>,
    {
        <<K::To as Model>::Policies as Looks<K::To, A, Act>>::look(by, |seen| {
            then(&Related {
                link: Forth(self),
                seen,
                models: PhantomData,
            })
        })
    }

    /// Calls `then` with the rows of `M` whose foreign key names the row of `N`, as far as they are there
    /// for the actor.
    #[doc(hidden)]
    pub fn __look_back<N: Model, A: Actor, Act: Action, U>(
        self,
        _: PhantomData<fn() -> N>,
        _: Act,
        by: By<'_, A>,
        then: impl for<'q> FnOnce(
            &Related<N, M, Back<Self>, <M::Policies as Looks<M, A, Act>>::Seen<'q>>,
        ) -> U,
    ) -> U
    where
        K: Relates<To: RelatedTo<N>>,
        M: Model<Root: IsRoot<N::Root>, Policies: Looks<M, A, Act>> + AskedBy<N, A>,
    {
        <M::Policies as Looks<M, A, Act>>::look(by, |seen| {
            then(&Related {
                link: Back(self),
                seen,
                models: PhantomData,
            })
        })
    }
}

/// Calls `then` with the tenant's own row, which is there for whoever acts in the tenant.
#[doc(hidden)]
pub fn look_at_tenant<M, A, U>(
    _: PhantomData<fn() -> M>,
    _: By<'_, A>,
    then: impl FnOnce(&Related<M, M::Root, OwnTenant, Everything>) -> U,
) -> U
where
    M: Model<Root: AskedBy<M, A>>,
    A: Actor,
{
    then(&Related {
        link: OwnTenant(()),
        seen: Everything::ALL,
        models: PhantomData,
    })
}

/// What is left of a condition on rows that are there for an actor.
type Of<S, R, P> = <S as Seen<R>>::Narrowed<P>;

/// The same, where the rows are to be absent.
type OfNo<S, R, P> = <S as Seen<R>>::Doubted<P>;

impl<M, R, L, S> Related<M, R, L, S>
where
    M: Model,
    R: Model<Root: TenantRoot<Database = DatabaseOf<M>>>,
    L: Link<M, R>,
    S: Seen<R>,
{
    /// The columns of the related rows.
    #[must_use]
    pub fn columns(&self) -> R::Columns {
        R::COLUMNS
    }

    /// A related row meets a condition.
    pub fn some<P: Permission<DatabaseOf<M>>>(
        &self,
        condition: impl FnOnce(R::Columns) -> Condition<R, P>,
    ) -> Condition<M, L::Some<Of<S, R, P>>> {
        let rows = self.seen.clone().narrow(condition(R::COLUMNS));
        Condition::new(self.link.some(rows.into_node()))
    }

    /// There is no related row, or none that meets a condition.
    pub fn no<P: Permission<DatabaseOf<M>>>(
        &self,
        condition: impl FnOnce(R::Columns) -> Condition<R, P>,
    ) -> Condition<M, L::No<OfNo<S, R, P>>> {
        let rows = self.seen.clone().doubt(condition(R::COLUMNS));
        Condition::new(self.link.no(rows.into_node()))
    }

    /// As [`some`](Self::some), of what is left of a condition.
    pub fn decided_some<'q, N: Named>(
        &self,
        inner: impl FnOnce(R::Columns) -> Decided<'q, R, ()>,
    ) -> Decided<'q, M, N>
    where
        L::Some<Of<S, R, Decided<'q, R, ()>>>: Permission<DatabaseOf<M>> + 'q,
    {
        match inner(R::COLUMNS) {
            Decided::None => Decided::None,
            inner => Decided::rows(self.some(|_| Condition::new(inner))),
        }
    }

    /// As [`no`](Self::no), of what is not certainly left of a condition.
    pub fn decided_no<'q, N: Named>(
        &self,
        inner: impl FnOnce(R::Columns) -> Decided<'q, R, ()>,
    ) -> Decided<'q, M, N>
    where
        L::No<OfNo<S, R, NotTrue<Decided<'q, R, ()>>>>: Permission<DatabaseOf<M>> + 'q,
    {
        match inner(R::COLUMNS) {
            Decided::All => Decided::All,
            inner => Decided::rows(self.no(|_| not_true(Condition::new(inner)))),
        }
    }
}
