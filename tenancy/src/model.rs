//! Models: what a struct becomes by deriving, and what one can ask of it.

pub use crate::barrier::{Cascades, Model, TenantRoot};
use crate::barrier::{Insert, Owned};
pub use crate::check::{
    ForeignKeyOf, IsRoot, RandomKey, ReferredBy, SeenFrom, TenantColumn, Version,
};
use crate::column::KeyColumn;
use crate::db::{DbOf, Identity};
use crate::execute::Verify;
use crate::expr::{Assignments, Compare, Condition, Equal, IntoExpr, List};
use crate::query::create::Create;
use crate::query::create_many::CreateMany;
use crate::query::create_root::CreateRoot;
use crate::query::destroy::{Destroy, DestroyWhere};
use crate::query::narrow::{Narrowed, Unfiltered};
use crate::query::select::Query;
use crate::query::update::{Update, UpdateWhere};
use crate::query::upsert::Upsert;
use crate::seal::{SEAL, Seal};
use crate::tenant::Scoped;

/// The database of a model's tenants.
pub type DatabaseOf<M> = <<M as Model>::Root as TenantRoot>::Database;

/// The rows of a model's database.
pub type RowOf<M> = <DatabaseOf<M> as sqlx::Database>::Row;

/// The value that identifies the tenants of a root.
pub type TenantIdOf<R> = <<R as Model>::Key as crate::Id>::Repr;

/// The value that identifies a model's rows.
pub type KeyOf<M> = <<M as Model>::Key as crate::Id>::Repr;

/// A column as the derive describes it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in the table.
    pub name: &'static str,
    /// One bit for each of the questions below: one number is checked faster than three.
    pub is: u8,
}

impl Field {
    /// Whether it may be NULL.
    pub(crate) const fn nullable(&self) -> bool {
        self.is & 1 != 0
    }

    /// Whether it is a foreign key, which takes a reference and nothing else.
    pub(crate) const fn reference(&self) -> bool {
        self.is & 2 != 0
    }

    /// Whether an update may assign it: not the key, nor what the database or the library fills.
    pub(crate) const fn assignable(&self) -> bool {
        self.is & 4 != 0
    }

    /// Whether the database may make another value of what it is given.
    pub(crate) const fn stored(&self) -> bool {
        self.is & 8 != 0
    }

    /// Whether field policies say who may see it.
    pub(crate) const fn guarded(&self) -> bool {
        self.is & 16 != 0
    }

    /// Whether the database fills it in a row that comes without it.
    #[cfg(feature = "ddl")]
    pub(crate) const fn filled(&self) -> bool {
        self.is & 32 != 0
    }

    /// Whether no two rows of a tenant have the same.
    #[cfg(feature = "ddl")]
    pub(crate) const fn unique(&self) -> bool {
        self.is & 64 != 0
    }

    /// Whether rows are looked up by it.
    #[cfg(feature = "ddl")]
    pub(crate) const fn indexed(&self) -> bool {
        self.is & 128 != 0
    }
}

/// Whose the rows of a model are. Sealed.
pub trait Scoping: 'static {
    #[doc(hidden)]
    const SEALED: Seal;
    /// Whether statements carry the tenant.
    #[doc(hidden)]
    const TENANTED: bool;
    /// Whether tables are in the schema of the tenant.
    #[doc(hidden)]
    const IN_SCHEMA: bool = false;
    /// Whether tables are in the database of the tenant.
    #[doc(hidden)]
    const IN_DATABASE: bool = false;
    /// What a row knows of the database that it was read in. The brand of a tenant ties its rows to its database,
    /// so only those that all tenants share need to know.
    #[doc(hidden)]
    type Origin: Copy + Send + Sync + Unpin + 'static;

    /// A row of this database.
    #[doc(hidden)]
    fn origin(database: Identity) -> Self::Origin;

    /// Whether a row is of this database.
    #[doc(hidden)]
    fn is_of(origin: Self::Origin, database: Identity) -> bool;
}

/// What a row of `M` knows of where it was read.
pub(crate) type OriginOf<M> = <<M as Model>::Scoping as Scoping>::Origin;

/// What of a scoping is the same wherever a brand says all.
macro_rules! branded {
    () => {
        type Origin = ();

        fn origin(_: Identity) {}

        fn is_of((): (), _: Identity) -> bool {
            true
        }
    };
}

/// Whether statements on `M` carry the tenant.
///
/// A derive says it twice, as a type and by the name of the column. The type is found where
/// `#[tenancy(crate = …)]` points, and there may be another one under its name; the text is not.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub use tenancy::__private::Global as Tenanted;
///     }
/// }
/// # use tenancy::{Scoped, Tenant, TenantRoot, TenantScoped};
/// # use uuid::Uuid;
/// # #[derive(Debug, TenantRoot)] #[tenancy(database = sqlx::Sqlite)]
/// # struct Organization { id: Uuid, name: String }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, crate = facade)]
/// struct User { id: Uuid, tenant_id: Uuid, email: String }
/// println!("{}", User::query().sql());
/// ```
pub(crate) const fn tenanted<M: Model>() -> bool {
    assert!(
        M::Scoping::TENANTED != M::TENANT.is_empty(),
        "the scoping of this model is not the one that was derived"
    );
    M::Scoping::TENANTED
}

/// Whether the table of `M` is in the schema of the tenant.
///
/// A derive says that twice, too.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub type InSchema<const COLUMN: bool> = tenancy::__private::Tenanted;
///     }
/// }
/// # use tenancy::{TenantRoot, TenantScoped};
/// # #[derive(Debug, TenantRoot)]
/// # #[tenancy(database = sqlx::Postgres, schemas)]
/// # struct Organization { id: i64, name: String }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, crate = facade, strategy = schema, attribute = tenant_id)]
/// struct Invoice { id: uuid::Uuid, number: i64 }
/// println!("{}", Invoice::query().sql());
/// ```
pub(crate) const fn in_schema<M: Model>() -> bool {
    assert!(
        M::Scoping::IN_SCHEMA == M::IN_SCHEMA,
        "the scoping of this model is not the one that was derived"
    );
    assert!(
        !M::IN_SCHEMA || M::Root::SCHEMAS,
        "the schemas of this model's root are not those that were derived"
    );
    M::IN_SCHEMA
}

/// What a root says of schemas of tenants. Sealed.
pub trait Schemas: 'static {
    #[doc(hidden)]
    const SEALED: Seal;
}

/// Tenants have schemas of their own: `#[tenancy(schemas)]` at the root.
#[derive(Debug)]
pub struct WithSchemas(());

/// Tenants have none.
#[derive(Debug)]
pub struct WithoutSchemas(());

impl Schemas for WithSchemas {
    const SEALED: Seal = SEAL;
}

impl Schemas for WithoutSchemas {
    const SEALED: Seal = SEAL;
}

/// Whether the table of `M` is in the database of the tenant.
///
/// A derive says that twice, too.
///
/// ```compile_fail,E0080
/// mod facade {
///     pub use tenancy::*;
///     pub mod __private {
///         pub use tenancy::__private::*;
///         pub type InDatabase<const COLUMN: bool> = tenancy::__private::Tenanted;
///     }
/// }
/// # use tenancy::{Tenant, TenantRoot, TenantScoped};
/// # #[derive(Debug, TenantRoot)]
/// # #[tenancy(database = sqlx::Sqlite, databases)]
/// # struct Organization { id: i64, name: String }
/// #[derive(Debug, TenantScoped)]
/// #[tenancy(root = Organization, crate = facade, strategy = database, attribute = tenant_id)]
/// struct Invoice { id: uuid::Uuid, number: i64 }
/// fn read(acme: &Tenant<'_, Organization>) {
///     drop(Invoice::query().fetch_all(acme));
/// }
/// # fn main() { let _: fn(&Tenant<'_, Organization>) = read; }
/// ```
pub(crate) const fn in_database<M: Model>() -> bool {
    assert!(
        M::Scoping::IN_DATABASE == M::IN_DATABASE,
        "the scoping of this model is not the one that was derived"
    );
    M::IN_DATABASE
}

/// The scoping of models whose rows belong to tenants.
#[derive(Debug)]
pub struct Tenanted(());

/// The scoping of models with `global = true`: their rows are shared by all tenants.
#[derive(Debug)]
pub struct Global(());

/// The scoping of models with `strategy = schema`: every tenant has a table of its own. With `COLUMN`, the
/// tenant is a column of it all the same.
#[derive(Debug)]
pub struct InSchema<const COLUMN: bool>(());

/// The scoping of models with `strategy = database`: every tenant has a table of its own, in a database of its
/// own. With `COLUMN`, the tenant is a column of it all the same.
#[derive(Debug)]
pub struct InDatabase<const COLUMN: bool>(());

impl<const COLUMN: bool> Scoping for InDatabase<COLUMN> {
    const SEALED: Seal = SEAL;
    const TENANTED: bool = COLUMN;
    const IN_DATABASE: bool = true;
    branded!();
}

impl<const COLUMN: bool> Scoping for InSchema<COLUMN> {
    const SEALED: Seal = SEAL;
    const TENANTED: bool = COLUMN;
    const IN_SCHEMA: bool = true;
    branded!();
}

impl Scoping for Tenanted {
    const SEALED: Seal = SEAL;
    const TENANTED: bool = true;
    branded!();
}

impl Scoping for Global {
    const SEALED: Seal = SEAL;
    const TENANTED: bool = false;
    type Origin = Identity;

    fn origin(database: Identity) -> Identity {
        database
    }

    fn is_of(origin: Identity, database: Identity) -> bool {
        origin == database
    }
}

/// A model whose rows can be created, read, updated and destroyed on a tenant.
///
/// Implemented by `#[derive(TenantScoped)]`. Every method describes a statement and needs no tenant
/// yet; nothing runs before a [`Tenant`](crate::Tenant) is given, and then only on its rows.
pub trait TenantScoped: Owned {
    /// The values of a new row.
    type New<'t>: Insert<Self>;

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
    /// The values of a new tenant.
    type New: Insert<Self>;

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
