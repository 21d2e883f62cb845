//! Reads.

use crate::execute::fetch::{FetchAll, FetchOne, FetchOptional, Rows};
use crate::execute::operation::Operation;
use crate::execute::scalar::{Count, Exists};
use crate::execute::zero::Zero;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::expr::order::{Ordering, Unordered};
use crate::expr::selected::{Selected, SelectedColumn};
use crate::model::contract::{DatabaseOf, Model};
use crate::policy::action;
use crate::policy::permit::Permits;
use crate::query::lock::Locked;
use crate::query::narrow::{Narrowed, Unfiltered};
use crate::query::page::{Everything, Limit, LimitOffset, Offset, Page, Whole};
use crate::query::read::{AllColumns, Counted, Existing};
use crate::tenant::scope::Scope;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A read of the rows of `M`: a description, which needs no tenant until it runs.
#[must_use = "a query does nothing until it is fetched on a tenant"]
pub struct Query<M, P = Unfiltered, O = Unordered, L = Everything> {
    pub(crate) condition: P,
    pub(crate) page: L,
    pub(crate) ordering: O,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Query<M> {
    pub(crate) fn new() -> Self {
        Self {
            condition: Unfiltered::new(),
            page: Everything::new(),
            ordering: Unordered::new(),
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
    ) -> Query<M, Narrowed<P, Q>, O, L> {
        self.narrowed(condition(M::COLUMNS))
    }

    pub(crate) fn narrowed<Q>(self, condition: Condition<M, Q>) -> Query<M, Narrowed<P, Q>, O, L> {
        Query {
            condition: Narrowed::new(self.condition, condition),
            page: self.page,
            ordering: self.ordering,
            model: PhantomData,
        }
    }

    /// Gives the rows in an order: `|u| u.email.asc()`, or a tuple of orderings; `u.email.by(direction)` where
    /// the running program chooses ([`Sort`](crate::Sort)).
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
        Query {
            condition: self.condition,
            page: self.page,
            ordering: ordering(M::COLUMNS),
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
            ordering: self.ordering,
            model: PhantomData,
        }
    }
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

    /// Reads all rows.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn fetch_all<'e, 't, E>(self, on: &'e E) -> FetchAll<'e, 't, M>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, action::Read>,
    {
        match self.permitted::<AllColumns, action::Read, _>(on) {
            Some(statement) => FetchAll::new(on.context(), Operation::Read, statement),
            None => FetchAll::nothing(),
        }
    }

    /// Reads rows one by one, as the database finds them.
    ///
    /// # Errors
    ///
    /// Each item is a row or the error that ended the stream.
    pub fn fetch<'e, 't, E>(self, on: &'e E) -> Rows<'e, 't, M>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, action::Read>,
    {
        match self.permitted::<AllColumns, action::Read, _>(on) {
            Some(statement) => Rows::new(on.context(), Operation::Read, statement),
            None => Rows::nothing(),
        }
    }

    /// Reads the first row, if there is one.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn fetch_optional<'e, 't, E>(self, on: &'e E) -> FetchOptional<'e, 't, M>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, action::Read>,
    {
        match self.permitted::<AllColumns, action::Read, _>(on) {
            Some(statement) => FetchOptional::new(on.context(), Operation::Read, statement),
            None => FetchOptional::nothing(),
        }
    }

    /// Reads the first row.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) if there is none, which is also what a row of
    /// another tenant gives.
    pub fn fetch_one<'e, 't, E>(self, on: &'e E) -> FetchOne<'e, 't, M>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, action::Read>,
    {
        FetchOne::new(self.fetch_optional(on), Zero::NotFound)
    }

    /// Counts the rows.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn count<'e, 't, E>(self, on: &'e E) -> Count<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, action::Read>,
        L: Whole,
    {
        match self.permitted::<Counted, action::Read, _>(on) {
            Some(statement) => Count::new::<M>(on.context(), Operation::Count, statement),
            None => Count::nothing(),
        }
    }

    /// Says whether there is a row.
    ///
    /// # Errors
    ///
    /// If the database reports one.
    pub fn exists<'e, 't, E>(self, on: &'e E) -> Exists<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M>,
        M::Policies: Permits<M, E::Actor, action::Read>,
        L: Whole,
    {
        match self.permitted::<Existing, action::Read, _>(on) {
            Some(statement) => Exists::new::<M>(on.context(), Operation::Exists, statement),
            None => Exists::nothing(),
        }
    }
}

impl<M, P: Clone, O: Clone, L: Clone> Clone for Query<M, P, O, L> {
    fn clone(&self) -> Self {
        Self {
            condition: self.condition.clone(),
            page: self.page.clone(),
            ordering: self.ordering.clone(),
            model: PhantomData,
        }
    }
}

impl<M: Model, P, O, L> fmt::Debug for Query<M, P, O, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Query({})", M::TABLE)
    }
}
