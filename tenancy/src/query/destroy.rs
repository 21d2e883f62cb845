//! Removals.

use crate::execute::fetch::{FetchAll, FetchOne};
use crate::execute::write::{Execute, ExecuteOne};
use crate::expr::bind::Bind;
use crate::expr::condition::Condition;
use crate::model::brand::Brand;
use crate::model::contract::{DatabaseOf, Model};
use crate::policy::action;
use crate::policy::contract::Cascades;
use crate::policy::permit::Permits;
use crate::policy::place::Writes;
use crate::query::permitted;
use crate::query::write::{Destroying, RowKey, ThisRow};
use crate::row::scoped::Scoped;
use crate::tenant::scope::Scope;
use std::borrow::Cow;
use std::fmt;

/// The removal of one row that was read on the tenant branded `'t`.
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
/// # fn f<'t>(user: Scoped<'t, User>) {
/// assert_eq!(
///     User::destroy(&user).sql(),
///     r#"DELETE FROM "users" WHERE ("users"."id" = ?) AND "users"."tenant_id" = ?"#
/// );
/// # }
/// # fn main() {}
/// ```
///
/// If the model has a version column, the row must still be in the version that was read.
#[must_use = "a removal does nothing until it is executed on a tenant"]
pub struct Destroy<'t, M: Model> {
    pub(crate) destroying: Destroying<M, ThisRow<M>>,
    _brand: Brand<'t>,
}

impl<'t, M: Model> Destroy<'t, M> {
    pub(crate) fn new(row: &Scoped<'t, M>) -> Self {
        Self {
            destroying: Destroying {
                condition: ThisRow::new(),
                dependants: false,
                row: Some(RowKey::of(row)),
            },
            _brand: Brand::new(),
        }
    }

    /// The text of the statement that [`execute`](Self::execute) runs.
    #[must_use]
    pub fn sql(&self) -> Cow<'static, str> {
        self.destroying.sql()
    }

    /// Removes the row, and what the model declares to go with it.
    ///
    /// # Errors
    ///
    /// [`Forbidden`](crate::Error::Forbidden) with the code `dependants` if the actor may not remove what goes with
    /// it;
    /// [`NotFound`](crate::Error::NotFound) if the row is gone; with a version column
    /// [`Stale`](crate::Error::Stale) if it is gone or was changed since it was read;
    /// [`StillReferenced`](crate::Error::StillReferenced) if other rows refer to it;
    /// [`Skipped`](crate::Error::Skipped) if a trigger refuses that silently.
    pub fn execute<'e, E>(self, on: &'e E) -> ExecuteOne<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M: Cascades<E::Actor>,
        M::Policies: Permits<M, E::Actor, action::Destroy>,
    {
        permitted::removal::execute_one::<M, action::Destroy, _, E>(self.destroying, on)
    }

    /// Removes the row and gives it as it last was.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    pub fn fetch_one<'e, E>(self, on: &'e E) -> FetchOne<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M: Cascades<E::Actor>,
        M::Policies: Permits<M, E::Actor, action::Destroy>,
    {
        permitted::removal::fetch_one::<M, action::Destroy, _, E>(self.destroying, on)
    }
}

impl<M: Model> fmt::Debug for Destroy<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destroy({})", M::TABLE)
    }
}

/// The removal of all rows that meet a condition.
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
///     Document::destroy_where(|d| d.views.eq(0) | d.title.eq("")).sql(),
///     r#"DELETE FROM "documents" WHERE (("documents"."views" = ? OR "documents"."title" = ?)) AND "documents"."tenant_id" = ?"#
/// );
/// # }
/// ```
#[must_use = "a removal does nothing until it is executed on a tenant"]
pub struct DestroyWhere<M: Model, P>(pub(crate) Destroying<M, P>);

impl<M: Model, P> DestroyWhere<M, P> {
    pub(crate) fn new(condition: Condition<M, P>) -> Self {
        Self(Destroying {
            condition: condition.into_node(),
            dependants: false,
            row: None,
        })
    }
}

impl<M: Model, P: Bind<DatabaseOf<M>>> DestroyWhere<M, P> {
    /// The text of the statement that [`execute`](Self::execute) runs.
    pub fn sql(&self) -> Cow<'static, str> {
        self.0.sql()
    }

    /// Removes the rows and says how many. Those stay with which others would have to go that the actor may not
    /// remove.
    ///
    /// # Errors
    ///
    /// [`StillReferenced`](crate::Error::StillReferenced) if other rows refer to one of them; then
    /// none was removed.
    pub fn execute<'e, 't, E>(self, on: &'e E) -> Execute<'e, DatabaseOf<M>>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M: Cascades<E::Actor>,
        M::Policies: Permits<M, E::Actor, action::Destroy>,
    {
        permitted::removal::execute::<M, action::Destroy, _, E>(self.0, on)
    }

    /// Removes the rows and gives them as they last were.
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute).
    pub fn fetch_all<'e, 't, E>(self, on: &'e E) -> FetchAll<'e, 't, M>
    where
        E: Scope<'t, M, Actor: Writes<M>>,
        M: Cascades<E::Actor>,
        M::Policies: Permits<M, E::Actor, action::Destroy>,
    {
        permitted::removal::fetch_all::<M, action::Destroy, _, E>(self.0, on)
    }
}

impl<M: Model, P> fmt::Debug for DestroyWhere<M, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DestroyWhere({})", M::TABLE)
    }
}
