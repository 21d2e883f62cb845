//! Updates.

use crate::execute::fetch::{FetchAll, FetchOne};
use crate::execute::operation::Operation;
use crate::execute::write::{Execute, ExecuteOne};
use crate::expr::assign::Assignments;
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::model::brand::Brand;
use crate::model::contract::{DatabaseOf, Model};
use crate::policy::action;
use crate::policy::permit::Permits;
use crate::policy::place::Writes;
use crate::query::permitted;
use crate::query::write::{RowKey, ThisRow, Updating};
use crate::row::scoped::Scoped;
use crate::tenant::scope::Scope;
use std::borrow::Cow;
use std::fmt;

/// An update of one row that was read on the tenant branded `'t`.
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
/// # fn f<'t>(document: Scoped<'t, Document>, owner: Scoped<'t, User>) {
/// assert_eq!(
///     Document::update(&document)
///         .set(|d| (d.owner_id.to(&owner), d.views.to(0)))
///         .sql(),
///     r#"UPDATE "documents" SET "owner_id" = ?2, "views" = ?1 WHERE ("documents"."id" = ?3) AND "documents"."tenant_id" = ?4"#
/// );
/// # }
/// # fn main() {}
/// ```
///
/// If the model has a version column, the update also requires that the row is still in the version
/// that was read, and counts the version up.
#[must_use = "an update does nothing until it is executed on a tenant"]
pub struct Update<'t, M: Model, S = ()>(pub(crate) Updating<'t, M, ThisRow<M>, S>);

impl<'t, M: Model> Update<'t, M> {
    pub(crate) fn new(row: &Scoped<'t, M>) -> Self {
        Self(Updating {
            condition: ThisRow::new(),
            assignments: (),
            row: Some(RowKey::of(row)),
            brand: Brand::new(),
        })
    }
}

impl<'t, M: Model, S: Assignments<'t, M>> Update<'t, M, S> {
    /// Assigns columns: `|d| d.title.to("Q4")`, or a tuple of assignments.
    ///
    /// The tenant column and the primary key cannot be assigned
    /// (`ui-tests/laws/assign/`):
    ///
    /// ```compile_fail,E0277
    /// # use tenancy::{TenantRoot, TenantScoped, Scoped};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, tenant_id: uuid::Uuid, email: String }
    /// # fn f<'t>(user: Scoped<'t, User>, elsewhere: uuid::Uuid) {
    /// User::update(&user).set(|u| u.tenant_id.to(elsewhere));
    /// # }
    /// ```
    ///
    /// No column is assigned twice, or the program does not build (`cargo check` alone does not see it):
    ///
    /// ```compile_fail,E0080
    /// # use tenancy::{Tenant, TenantRoot, TenantScoped, Scoped};
    /// # #[derive(Debug, TenantRoot)]
    /// # #[tenancy(database = tenancy::sqlx::Sqlite)]
    /// # struct Organization { id: uuid::Uuid }
    /// # #[derive(Debug, TenantScoped)]
    /// # #[tenancy(root = Organization)]
    /// # struct User { id: uuid::Uuid, email: String }
    /// # fn f<'t>(tenant: &Tenant<'t, Organization>, user: Scoped<'t, User>) {
    /// User::update(&user).set(|u| (u.email.to("a"), u.email.to("b"))).execute(tenant);
    /// # }
    /// # let _: for<'t> fn(&Tenant<'t, Organization>, Scoped<'t, User>) = f;
    /// ```
    pub fn set<A: Assignments<'t, M>>(
        self,
        assignments: impl FnOnce(M::Columns) -> A,
    ) -> Update<'t, M, (S, A)> {
        Update(self.0.set(assignments(M::COLUMNS)))
    }

    /// Assigns the changes of a client: see [`Changes`](struct@crate::Changes).
    ///
    /// A column that is [`set`](Self::set) as well keeps what was set: the program has the last word.
    pub fn apply(
        self,
        changes: impl crate::expr::changes::IntoChanges<'t, M>,
    ) -> Update<'t, M, (S, crate::expr::changes::Changes<'t, M>)> {
        let changes = changes.into_changes();
        self.set(|_| changes)
    }

    /// The text of the statement that [`execute`](Self::execute) runs.
    pub fn sql(&self) -> Cow<'static, str> {
        self.0.sql()
    }

    /// Updates the row.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) if the row is gone; with a version column
    /// [`Stale`](crate::Error::Stale) if it is gone or was changed since it was read;
    /// [`InvalidReference`](crate::Error::InvalidReference) if a
    /// [`Ref::by_id`](crate::Ref::by_id) names no row of this tenant;
    /// [`Skipped`](crate::Error::Skipped) if a trigger refuses the row silently.
    pub fn execute<'e, E>(self, on: &'e E) -> ExecuteOne<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, action::Update>,
    {
        permitted::execute_one::<M, action::Update, _, E>(Operation::Update, self.0, on)
    }

    /// Updates the row and reads it back.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    pub fn fetch_one<'e, E>(self, on: &'e E) -> FetchOne<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, action::Update>,
    {
        permitted::fetch_one::<M, action::Update, _, E>(Operation::Update, self.0, on)
    }
}

impl<M: Model, S> fmt::Debug for Update<'_, M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Update({})", M::TABLE)
    }
}

/// An update of all rows that meet a condition.
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
/// assert_eq!(
///     Document::update_where(|d| d.views.lt(10)).set(|d| d.title.to("old")).sql(),
///     r#"UPDATE "documents" SET "title" = ? WHERE ("documents"."views" < ?) AND "documents"."tenant_id" = ?"#
/// );
/// # }
/// ```
#[must_use = "an update does nothing until it is executed on a tenant"]
pub struct UpdateWhere<'t, M: Model, P, S = ()>(pub(crate) Updating<'t, M, P, S>);

impl<'t, M: Model, P> UpdateWhere<'t, M, P> {
    pub(crate) fn new(condition: Condition<M, P>) -> Self {
        Self(Updating {
            condition: condition.into_node(),
            assignments: (),
            row: None,
            brand: Brand::new(),
        })
    }
}

impl<'t, M, P, S> UpdateWhere<'t, M, P, S>
where
    M: Model,
    P: Bind<DatabaseOf<M>>,
    S: Assignments<'t, M>,
{
    /// Assigns columns: `|d| d.archived.to(true)`, or a tuple of assignments.
    pub fn set<A: Assignments<'t, M>>(
        self,
        assignments: impl FnOnce(M::Columns) -> A,
    ) -> UpdateWhere<'t, M, P, (S, A)> {
        UpdateWhere(self.0.set(assignments(M::COLUMNS)))
    }

    /// The text of the statement that [`execute`](Self::execute) runs.
    pub fn sql(&self) -> Cow<'static, str> {
        self.0.sql()
    }

    /// Updates the rows and says how many.
    ///
    /// # Errors
    ///
    /// If the database reports one; then no row was updated.
    pub fn execute<'e, E>(self, on: &'e E) -> Execute<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, action::Update>,
    {
        permitted::execute::<M, action::Update, _, E>(Operation::Update, self.0, on)
    }

    /// Updates the rows and reads them back.
    ///
    /// # Errors
    ///
    /// If the database reports one; then no row was updated.
    pub fn fetch_all<'e, E>(self, on: &'e E) -> FetchAll<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M::Policies: Permits<M, E::Actor, action::Update>,
    {
        permitted::fetch_all::<M, action::Update, _, E>(Operation::Update, self.0, on)
    }
}

impl<M: Model, P, S> fmt::Debug for UpdateWhere<'_, M, P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UpdateWhere({})", M::TABLE)
    }
}
