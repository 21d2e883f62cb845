//! Reads.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::order::{Ordering, Unordered};
use super::page::{Everything, Limit, LimitOffset, Offset, Page, Whole};
use crate::Result;
use crate::backend::Backend;
use crate::backend::sealed::Backend as _;
use crate::binder::Binder;
use crate::column::Column;
use crate::execute::{
    Context, Count, Exists, FetchAll, FetchOne, FetchOptional, Operation, Rows, Statement, Zero,
};
use crate::expr::{And, Bind, Condition, Node};
use crate::model::{DatabaseOf, Model, tenanted};
use crate::sql::render::{Rendered, Stored, render_dynamic};
use crate::sql::text::{FOR_UPDATE, USER, count};
use crate::sql::{Dialect, Text, statement, text, vouch};
use crate::tenant::Scope;

/// No condition.
#[derive(Clone, Copy, Debug)]
pub struct Unfiltered(());

impl Node for Unfiltered {
    const TEXT: &'static Text = &Text::EMPTY;
}

impl<DB: Backend> Bind<DB> for Unfiltered {
    fn bind(self, _: &mut Binder<DB>) {}
}

/// Conditions joined one after the other; what [`Query::filter`] makes of them.
pub trait Narrow<P> {
    /// The conditions together.
    type Output;

    #[doc(hidden)]
    fn narrow(self, condition: P) -> Self::Output;
}

impl<P> Narrow<P> for Unfiltered {
    type Output = P;

    fn narrow(self, condition: P) -> P {
        condition
    }
}

macro_rules! narrow {
    ($([$($parameter:tt)*] $node:ty;)*) => {$(
        impl<$($parameter)*, Added> Narrow<Added> for $node {
            type Output = And<Self, Added>;

            fn narrow(self, condition: Added) -> Self::Output {
                And::new(self, condition)
            }
        }
    )*};
}

narrow! {
    [L, R] And<L, R>;
    [L, R] crate::expr::Or<L, R>;
    [P] crate::expr::Not<P>;
    [P] crate::expr::IfSome<P>;
    ['q, DB] crate::expr::Boxed<'q, DB>;
    [L, O, R] crate::expr::Compare<L, O, R>;
    [C, L, H] crate::expr::Between<C, L, H>;
    [C, const NULL: bool] crate::expr::NullTest<C, NULL>;
    [C, V] crate::expr::List<C, V>;
    [C, Q] crate::expr::InQuery<C, Q>;
    [C] crate::expr::Matches<C>;
}

impl<Added> Narrow<Added> for crate::expr::All {
    type Output = Added;

    fn narrow(self, condition: Added) -> Added {
        condition
    }
}

/// A read of the rows of `M`: a description, which needs no tenant until it runs.
#[must_use = "a query does nothing until it is fetched on a tenant"]
pub struct Query<M, P = Unfiltered, O = Unordered, L = Everything> {
    condition: P,
    page: L,
    model: PhantomData<fn() -> (M, O)>,
}

impl<M: Model> Query<M> {
    pub(crate) fn new() -> Self {
        Self {
            condition: Unfiltered(()),
            page: Everything::new(),
            model: PhantomData,
        }
    }
}

impl<M: Model, P, O, L> Query<M, P, O, L> {
    /// Keeps the rows that meet a condition, besides those of earlier calls.
    ///
    /// ```
    /// # use tenancy::{TenantRoot, TenantScoped};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, tenant_id: uuid::Uuid, email: String, age: i64 }
    /// let adults = User::query().filter(|u| u.age.ge(18) & u.email.ne(""));
    /// assert_eq!(
    ///     adults.sql(),
    ///     r#"SELECT "users"."id", "users"."tenant_id", "users"."email", "users"."age" FROM "users" WHERE (("users"."age" >= ? AND "users"."email" <> ?)) AND "users"."tenant_id" = ?"#
    /// );
    /// ```
    pub fn filter<Q>(
        self,
        condition: impl FnOnce(M::Columns) -> Condition<M, Q>,
    ) -> Query<M, P::Output, O, L>
    where
        P: Narrow<Q>,
    {
        Query {
            condition: self.condition.narrow(condition(M::COLUMNS).into_node()),
            page: self.page,
            model: PhantomData,
        }
    }

    /// Gives the rows in an order: `|u| u.email.asc()`, or a tuple of orderings.
    ///
    /// ```
    /// # use tenancy::{Ref, Scoped, Tenant, TenantRoot, TenantScoped};
    /// # use uuid::Uuid;
    /// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
    /// # struct Organization { id: Uuid, name: String }
    /// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
    /// # struct User { id: Uuid, email: String }
    /// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
    /// # struct Document { id: Uuid, #[tenancy(belongs_to = User)] owner_id: Uuid, title: String, #[tenancy(default)] views: i64 }
    /// # fn main() {
    /// let page = Document::query()
    ///     .filter(|d| d.title.contains("Q") & d.owner_id.in_query(
    ///         User::query().filter(|u| u.email.starts_with("ann@")).select(|u| u.id),
    ///     ))
    ///     .order_by(|d| (d.views.desc(), d.title.asc()))
    ///     .limit(10);
    /// assert_eq!(
    ///     page.count_sql(),
    ///     r#"SELECT count(*) FROM "documents" WHERE (("documents"."title" GLOB ? AND "documents"."owner_id" IN (SELECT "users"."id" FROM "users" WHERE ("users"."email" GLOB ?) AND "users"."tenant_id" = ?))) AND "documents"."tenant_id" = ?3"#
    /// );
    /// assert!(page.sql().ends_with(
    ///     r#" ORDER BY "documents"."views" DESC, "documents"."title" ASC LIMIT ?4"#
    /// ));
    /// # }
    /// ```
    pub fn order_by<Q: Ordering<M>>(
        self,
        ordering: impl FnOnce(M::Columns) -> Q,
    ) -> Query<M, P, Q, L> {
        // Only the type is of use, but it counts only if there is a value of it.
        ordering(M::COLUMNS);
        Query {
            condition: self.condition,
            page: self.page,
            model: PhantomData,
        }
    }

    /// Locks the rows until the transaction ends (`FOR UPDATE`). SQLite has no row locks and needs
    /// none: a transaction there is the only writer.
    pub fn for_update(self) -> Locked<M, P, O, L> {
        Locked(self)
    }
}

impl<M: Model, P> Query<M, P> {
    /// The values of one column, for a condition of another query: see
    /// [`Column::in_query`](crate::Column::in_query).
    pub fn select<C: SelectedColumn<M>>(
        self,
        column: impl FnOnce(M::Columns) -> C,
    ) -> Selected<M, P, C> {
        // Only the type is of use, but it counts only if there is a value of it.
        column(M::COLUMNS);
        Selected {
            condition: self.condition,
            column: PhantomData,
        }
    }
}

impl<M: Model, P, O> Query<M, P, O, Everything> {
    /// Gives at most so many rows.
    pub fn limit(self, limit: u64) -> Query<M, P, O, Limit> {
        self.page(|_| Limit(limit))
    }

    /// Skips so many rows.
    pub fn offset(self, offset: u64) -> Query<M, P, O, Offset> {
        self.page(|_| Offset(offset))
    }
}

impl<M: Model, P, O> Query<M, P, O, Limit> {
    /// Skips so many rows.
    pub fn offset(self, offset: u64) -> Query<M, P, O, LimitOffset> {
        self.page(|limit| LimitOffset(limit.0, offset))
    }
}

impl<M: Model, P, O> Query<M, P, O, Offset> {
    /// Gives at most so many rows.
    pub fn limit(self, limit: u64) -> Query<M, P, O, LimitOffset> {
        self.page(|offset| LimitOffset(limit, offset.0))
    }
}

impl<M: Model, P, O, L> Query<M, P, O, L> {
    fn page<Q>(self, page: impl FnOnce(L) -> Q) -> Query<M, P, O, Q> {
        Query {
            condition: self.condition,
            page: page(self.page),
            model: PhantomData,
        }
    }
}

/// What a read gives of the rows.
trait Shape<M: Model> {
    const HEAD: &'static Text;
    /// Whether order and page are part of it.
    const TAIL: bool = true;
    /// Whether the rows are locked.
    const LOCKED: bool = false;
}

struct AllColumns;
struct LockedColumns;
struct Counted;
struct Existing;

impl<M: Model> Shape<M> for AllColumns {
    const HEAD: &'static Text = &statement::select::<M>();
}

impl<M: Model> Shape<M> for LockedColumns {
    const HEAD: &'static Text = <AllColumns as Shape<M>>::HEAD;
    const LOCKED: bool = true;
}

impl<M: Model> Shape<M> for Counted {
    const HEAD: &'static Text = &statement::count::<M>();
    const TAIL: bool = false;
}

impl<M: Model> Shape<M> for Existing {
    const HEAD: &'static Text = &statement::exists::<M>();
    const TAIL: bool = false;
}

/// The text of a read.
struct ReadText<M, P, O, L, S>(PhantomData<(M, P, O, L, S)>);

impl<M: Model, P: Node, O: Ordering<M>, L: Page, S: Shape<M>> Rendered for ReadText<M, P, O, L, S> {
    const DIALECT: Dialect = <DatabaseOf<M>>::DIALECT;
    const TEMPLATE: &'static Text = &{
        let mut text = Text::EMPTY;
        if !P::DYNAMIC {
            text.append(S::HEAD);
            statement::scoped::<M>(&mut text, P::TEXT);
            push_tail::<M, O, L, S>(&mut text);
        }
        text
    };
}

/// Order, page and lock.
const fn push_tail<M: Model, O: Ordering<M>, L: Page, S: Shape<M>>(text: &mut Text) {
    if S::TAIL {
        if !O::TEXT.is_empty() {
            text.push(" ORDER BY ");
            text.append(O::TEXT);
        }
        text.append(L::TEXT);
        if S::LOCKED {
            text.mark(FOR_UPDATE);
        }
    }
}

/// What comes before the condition.
struct Head<M, S>(PhantomData<(M, S)>);

impl<M: Model, S: Shape<M>> Stored for Head<M, S> {
    const TEXT: &'static Text = S::HEAD;
}

/// What comes after the condition.
struct Tail<M, O, L, S>(PhantomData<(M, O, L, S)>);

impl<M: Model, O: Ordering<M>, L: Page, S: Shape<M>> Stored for Tail<M, O, L, S> {
    const TEXT: &'static Text = &{
        let mut text = Text::EMPTY;
        push_tail::<M, O, L, S>(&mut text);
        text
    };
}

/// The predicate of the tenant.
struct TenantScope<M>(PhantomData<M>);

impl<M: Model> Stored for TenantScope<M> {
    const TEXT: &'static Text = &statement::scope::<M>();
}

impl<M, P, O, L> Query<M, P, O, L>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    O: Ordering<M>,
    L: Page,
{
    /// The text of the statement that [`fetch_all`](Self::fetch_all) runs.
    pub fn sql(&self) -> Cow<'static, str> {
        self.text::<AllColumns>()
    }

    /// The text of the statement that [`count`](Query::count) runs.
    pub fn count_sql(&self) -> Cow<'static, str> {
        self.text::<Counted>()
    }

    /// The text of the statement that [`exists`](Query::exists) runs.
    pub fn exists_sql(&self) -> Cow<'static, str> {
        self.text::<Existing>()
    }

    fn text<S: Shape<M>>(&self) -> Cow<'static, str> {
        if P::DYNAMIC {
            let template = self.template::<S>();
            Cow::Owned(render_dynamic(&template, <DatabaseOf<M>>::DIALECT))
        } else {
            Cow::Borrowed(ReadText::<M, P, O, L, S>::SQL)
        }
    }

    /// The template, for conditions that are known at run time only.
    fn template<S: Shape<M>>(&self) -> Vec<u8> {
        let (head, tail) = (Head::<M, S>::STORED, Tail::<M, O, L, S>::STORED);
        let mut template = Vec::with_capacity(head.len() + tail.len() + ROOM);
        template.extend_from_slice(head.as_bytes());
        render_scoped::<M>(&self.condition, &mut template);
        template.extend_from_slice(tail.as_bytes());
        template
    }

    /// The finished statement for what a token gives.
    fn statement<S: Shape<M>>(
        self,
        context: Context<'_, M::Root>,
    ) -> Result<Statement<DatabaseOf<M>>> {
        let (sql, users) = if P::DYNAMIC {
            let template = self.template::<S>();
            let users = count(&template, USER);
            (vouch::rendered(&template, <DatabaseOf<M>>::DIALECT), users)
        } else {
            let sql = ReadText::<M, P, O, L, S>::SQL;
            let users = const { P::TEXT.users() };
            (sqlx::SqlStr::from_static(sql), users)
        };
        // Besides those of users: the tenant and the page.
        let others = const { tenanted::<M>() as usize + L::TEXT.pages() };
        let mut binder = Binder::new(users + others);
        self.condition.bind(&mut binder);
        binder.seal();
        if const { tenanted::<M>() } {
            context.bind_tenant(&mut binder)?;
        }
        if S::TAIL {
            self.page.bind(&mut binder);
        }
        Ok(Statement {
            sql,
            arguments: binder.finish()?,
        })
    }

    /// Reads all rows.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn fetch_all<'e, 't, E: Scope<'t, M>>(self, on: &'e E) -> FetchAll<'e, 't, M> {
        let context = on.context();
        FetchAll::new(
            context,
            Operation::Read,
            self.statement::<AllColumns>(context),
        )
    }

    /// Reads rows one by one, as the database finds them.
    ///
    /// # Errors
    ///
    /// Each item is a row or the error that ended the stream.
    pub fn fetch<'e, 't, E: Scope<'t, M>>(self, on: &'e E) -> Rows<'e, 't, M> {
        let context = on.context();
        Rows::new(
            context,
            Operation::Read,
            self.statement::<AllColumns>(context),
        )
    }

    /// Reads the first row, if there is one.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn fetch_optional<'e, 't, E: Scope<'t, M>>(self, on: &'e E) -> FetchOptional<'e, 't, M> {
        let context = on.context();
        FetchOptional::new(
            context,
            Operation::Read,
            self.statement::<AllColumns>(context),
        )
    }

    /// Reads the first row.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) if there is none, which is also what a row of
    /// another tenant gives.
    pub fn fetch_one<'e, 't, E: Scope<'t, M>>(self, on: &'e E) -> FetchOne<'e, 't, M> {
        FetchOne::new(self.fetch_optional(on), Zero::NotFound)
    }
}

impl<M, P, O, L> Query<M, P, O, L>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    O: Ordering<M>,
    L: Page,
{
    /// Counts the rows.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn count<'e, 't, E: Scope<'t, M>>(self, on: &'e E) -> Count<'e, DatabaseOf<M>>
    where
        L: Whole,
    {
        let context = on.context();
        Count::new::<M>(
            context,
            Operation::Count,
            self.statement::<Counted>(context),
        )
    }

    /// Says whether there is a row.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn exists<'e, 't, E: Scope<'t, M>>(self, on: &'e E) -> Exists<'e, DatabaseOf<M>>
    where
        L: Whole,
    {
        let context = on.context();
        Exists::new::<M>(
            context,
            Operation::Exists,
            self.statement::<Existing>(context),
        )
    }
}

impl<M, P: Clone, O, L: Clone> Clone for Query<M, P, O, L> {
    fn clone(&self) -> Self {
        Self {
            condition: self.condition.clone(),
            page: self.page.clone(),
            model: PhantomData,
        }
    }
}

impl<M: Model, P, O, L> fmt::Debug for Query<M, P, O, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Query({})", M::TABLE)
    }
}

/// Room for a condition and the predicate of the tenant, which nearly always suffices.
const ROOM: usize = 256;

/// ` WHERE (condition) AND scope`, at run time.
pub(crate) fn render_scoped<M: Model>(condition: &impl Node, template: &mut Vec<u8>) {
    template.extend_from_slice(b" WHERE ");
    let start = template.len();
    template.push(b'(');
    condition.render(template);
    if template.len() == start + 1 {
        template.truncate(start);
    } else {
        template.extend_from_slice(b") AND ");
    }
    template.extend_from_slice(TenantScope::<M>::STORED.as_bytes());
}

/// A read whose rows are locked; it runs in a transaction only, where a lock lasts.
#[must_use = "a query does nothing until it is fetched in a transaction"]
pub struct Locked<M, P, O, L>(Query<M, P, O, L>);

impl<M, P, O, L> Locked<M, P, O, L>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    O: Ordering<M>,
    L: Page,
{
    /// The text of the statement.
    pub fn sql(&self) -> Cow<'static, str> {
        self.0.text::<LockedColumns>()
    }

    /// Reads and locks all rows.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn fetch_all<'e, 't>(
        self,
        on: &'e crate::TenantTransaction<'_, 't, M::Root>,
    ) -> FetchAll<'e, 't, M> {
        let context = Scope::<M>::context(on);
        let statement = self.0.statement::<LockedColumns>(context);
        FetchAll::new(context, Operation::Read, statement)
    }

    /// Reads and locks the first row, if there is one.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn fetch_optional<'e, 't>(
        self,
        on: &'e crate::TenantTransaction<'_, 't, M::Root>,
    ) -> FetchOptional<'e, 't, M> {
        let context = Scope::<M>::context(on);
        let statement = self.0.statement::<LockedColumns>(context);
        FetchOptional::new(context, Operation::Read, statement)
    }

    /// Reads and locks the first row.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) if there is none.
    pub fn fetch_one<'e, 't>(
        self,
        on: &'e crate::TenantTransaction<'_, 't, M::Root>,
    ) -> FetchOne<'e, 't, M> {
        FetchOne::new(self.fetch_optional(on), Zero::NotFound)
    }
}

impl<M: Model, P, O, L> fmt::Debug for Locked<M, P, O, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

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
    condition: P,
    column: PhantomData<fn() -> (M, C)>,
}

struct SelectedHead<M, C>(PhantomData<(M, C)>);

impl<M: Model, C: SelectedColumn<M>> Stored for SelectedHead<M, C> {
    const TEXT: &'static Text = &text!(
        push("SELECT "),
        append(C::TEXT),
        push(" FROM "),
        identifier(M::TABLE),
    );
}

impl<M: Model, P: Node, C: SelectedColumn<M>> Node for Selected<M, P, C> {
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
