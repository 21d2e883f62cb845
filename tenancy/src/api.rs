//! What one can do with models: the statements on the rows of a tenant, and on the tenants themselves.

use crate::db::DbOf;
use crate::expr::assign::Assignments;
use crate::expr::compare::{Compare, Equal};
use crate::expr::condition::Condition;
use crate::expr::list::List;
use crate::expr::value::IntoExpr;
use crate::model::column::KeyColumn;
use crate::model::contract::{Owned, TenantRoot};
use crate::query::create::Create;
use crate::query::create_many::CreateMany;
use crate::query::create_root::CreateRoot;
use crate::query::destroy::{Destroy, DestroyWhere};
use crate::query::narrow::{Narrowed, Unfiltered};
use crate::query::select::Query;
use crate::query::update::{Update, UpdateWhere};
use crate::query::upsert::Upsert;
use crate::row::scoped::Scoped;
use crate::tenant::verify::Verify;

/// A model whose rows can be created, read, updated and destroyed on a tenant.
///
/// Implemented by `#[derive(TenantScoped)]`. Every method describes a statement and needs no tenant
/// yet; nothing runs before a [`Tenant`](crate::Tenant) is given, and then only on its rows.
pub trait TenantScoped: Owned {
    /// Describes a read of the tenant's rows.
    fn query() -> Query<Self> {
        Query::new()
    }

    /// Describes a read of the one row with this primary key.
    ///
    /// A row of another tenant is not found, exactly as one that does not exist.
    fn find<V>(
        key: V,
    ) -> Query<Self, Narrowed<Unfiltered, Compare<KeyColumn<Self>, Equal, V::Expr>>>
    where
        V: IntoExpr<Self, Self::Key>,
    {
        Query::new().filter(|_| Condition::key(key))
    }

    /// Describes a read of the rows with these primary keys.
    ///
    /// Keys that do not exist or are another tenant's are simply not among the result.
    fn find_many<I>(keys: I) -> Query<Self, Narrowed<Unfiltered, List<KeyColumn<Self>, I::Item>>>
    where
        I: IntoIterator,
        I::Item: IntoExpr<Self, Self::Key>,
    {
        Query::new().filter(|_| Condition::new(List::new(KeyColumn::new(), keys, false)))
    }

    /// Describes the creation of a row. The tenant is not among its values: it comes from the
    /// token that the statement runs on. A value that is missing does not compile
    /// (`ui-tests/laws/assign/`):
    ///
    /// ```compile_fail,E0063
    /// # use tenancy::{Ref, Scoped, Tenant, TenantRoot, TenantScoped};
    /// # use uuid::Uuid;
    /// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
    /// # struct Organization { id: Uuid, name: String }
    /// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
    /// # struct User { id: Uuid, email: String }
    /// # #[derive(Debug, TenantScoped)] #[tenancy(root = Organization)]
    /// # struct Document { id: Uuid, #[tenancy(belongs_to = User)] owner_id: Uuid, title: String, #[tenancy(default)] views: i64 }
    /// # fn f<'t>(owner: Scoped<'t, User>) {
    /// Document::create(NewDocument { owner_id: (&owner).into() });
    /// # }
    /// ```
    fn create(new: Self::New<'_>) -> Create<'_, Self> {
        Create::new(new)
    }

    /// Describes the creation of many rows in one statement.
    ///
    /// The statement's text depends on the number of rows and is made at run time.
    fn create_many<'t>(rows: impl IntoIterator<Item = Self::New<'t>>) -> CreateMany<'t, Self> {
        CreateMany::new(rows.into_iter().map(Create::new).collect())
    }

    /// Describes the creation of many rows in one statement, each with values instead of defaults
    /// or with a key: `Document::create_each(news.map(|new| Document::create(new).set(…)))`.
    ///
    /// The statement's text depends on the number of rows and is made at run time.
    fn create_each<'t, S: Assignments<'t, Self>>(
        rows: impl IntoIterator<Item = Create<'t, Self, S>>,
    ) -> CreateMany<'t, Self, S> {
        CreateMany::new(rows.into_iter().collect())
    }

    /// Describes an update of a row that was read.
    fn update<'t>(row: &Scoped<'t, Self>) -> Update<'t, Self> {
        Update::new(row)
    }

    /// Describes an update of all rows that meet a condition.
    fn update_where<'t, P>(
        condition: impl FnOnce(Self::Columns) -> Condition<Self, P>,
    ) -> UpdateWhere<'t, Self, P> {
        UpdateWhere::new(condition(Self::COLUMNS))
    }

    /// Describes the removal of a row that was read.
    fn destroy<'t>(row: &Scoped<'t, Self>) -> Destroy<'t, Self> {
        Destroy::new(row)
    }

    /// Describes the removal of all rows that meet a condition.
    fn destroy_where<P>(
        condition: impl FnOnce(Self::Columns) -> Condition<Self, P>,
    ) -> DestroyWhere<Self, P> {
        DestroyWhere::new(condition(Self::COLUMNS))
    }

    /// Describes the creation of a row, or the update of the one that is in its place.
    fn upsert(new: Self::New<'_>) -> Upsert<'_, Self> {
        Upsert::new(new)
    }

    /// A condition by itself, to be kept, boxed and combined.
    fn condition<P>(
        condition: impl FnOnce(Self::Columns) -> Condition<Self, P>,
    ) -> Condition<Self, P> {
        condition(Self::COLUMNS)
    }
}

/// What one can do with the tenants themselves.
///
/// Implemented by `#[derive(TenantRoot)]`.
pub trait Root: TenantRoot {
    /// Looks a tenant up: does it exist, and is it active?
    ///
    /// Whether the *caller* may enter is for the caller's program to check, before or after.
    ///
    /// # Errors
    ///
    /// [`Error::TenantUnavailable`](crate::Error::TenantUnavailable) if there is no such tenant or it
    /// is not active; the two are not told apart.
    fn verify<'e>(db: &'e DbOf<Self>, id: Self::Key) -> Verify<'e, Self> {
        Verify::new(db, id)
    }

    /// Describes the creation of a tenant's row; run it on the [`Db`](crate::Db).
    fn create(new: Self::New) -> CreateRoot<Self> {
        CreateRoot::new(new)
    }

    /// Describes a read of the tenant's own row; there is no other to be seen.
    fn query() -> Query<Self> {
        Query::new()
    }

    /// Describes an update of the tenant's own row.
    fn update<'t>(row: &Scoped<'t, Self>) -> Update<'t, Self> {
        Update::new(row)
    }
}
