//! The barriers around models: what only the derives may implement or call.
//!
//! A hand-written implementation of [`Model`] with a wrong table or column would be arbitrary SQL,
//! a hand-made brand would mix tenants. Safe code must not be able to write either, so the traits
//! are `unsafe trait`s and the constructors `unsafe fn`s. No operation in this crate is unsafe in
//! the sense of memory: the keyword is a door. Two more modules have one, for what actors and brands
//! are made of: `policy::contract` and `tenant::brand_guard`; a test knows all three. The code that a
//! derive emits passes a user's `forbid(unsafe_code)`; the same code written by hand does not.
#![allow(unsafe_code)]

use crate::backend::Backend;
use crate::model::column::Column;
use crate::model::field::Field;
use crate::model::id::Repr;
use crate::model::isolation::Isolation;
use crate::model::params::{Binder, NewKey, References};
use crate::model::scoping::{Schemas, Scoping};
use crate::model::table_spec::Shape;

/// A table whose rows belong to tenants (or to nobody): what the derives tell about a struct.
///
/// Implemented by `#[derive(TenantScoped)]` and `#[derive(TenantRoot)]` only. It holds data;
/// what one can do with a model is in the methods of [`TenantScoped`](crate::TenantScoped).
///
/// # Safety
///
/// Table and column names must be those of the struct's own table, free of quotes and control
/// characters, and the tenant column must be the one that isolates its rows. The derives see to it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "a model is a struct with `#[derive(TenantScoped)]`, or with `#[derive(TenantRoot)]` if its rows are the tenants"
)]
pub unsafe trait Model: Sized + Send + Sync + Unpin + 'static {
    /// The tenant root that the rows belong to.
    type Root: TenantRoot;
    /// The type of the primary key.
    type Key: Id;
    /// The handles that filters, orderings and assignments are written with.
    type Columns: Copy + Send + Sync + 'static;
    /// Whether rows belong to a tenant or are shared by all.
    type Scoping: Scoping;
    /// Whether policies decide who may do what.
    type Policies;

    /// Named by a derive to demand that a type is a model.
    #[doc(hidden)]
    const CHECKED: () = ();
    /// The handles themselves.
    #[doc(hidden)]
    const COLUMNS: Self::Columns;
    /// The table.
    const TABLE: &'static str;
    /// The columns, in the order of the struct's fields.
    #[doc(hidden)]
    const FIELDS: &'static [Field];
    /// The position of the primary key among the fields.
    #[doc(hidden)]
    const KEY: usize;
    /// The column that says whose a row is; empty if there is none.
    #[doc(hidden)]
    const TENANT: &'static str;
    /// Whether every tenant has a table of its own, in a schema of its own.
    #[doc(hidden)]
    const IN_SCHEMA: bool = false;
    /// Whether every tenant has a table of its own, in a database of its own.
    #[doc(hidden)]
    const IN_DATABASE: bool = false;
    /// The column that counts the versions of a row, if one was declared.
    #[doc(hidden)]
    const VERSION: Option<&'static str> = None;
    /// The last version that the type of that column holds.
    #[doc(hidden)]
    const LAST_VERSION: u64 = 0;
    /// Whether policies were asked for.
    #[doc(hidden)]
    const POLICIED: bool = false;
    /// Whether tenants read rows and do not write them, since they are everybody's.
    #[doc(hidden)]
    const READ_ONLY: bool = false;
    /// Whether field policies guard any of the columns.
    #[doc(hidden)]
    const GUARDED: bool = false;

    /// Tells what the table must look like, beyond the names of its columns.
    #[doc(hidden)]
    fn describe(_: &mut Shape) {}

    /// Reads a row whose columns are in the order of the fields, and whose key was read already.
    #[doc(hidden)]
    fn decode(row: &RowOf<Self>, key: Self::Key) -> Result<Self, sqlx::Error>;

    /// The version that was read, if a version column was declared.
    #[doc(hidden)]
    fn version(&self) -> i64 {
        0
    }
}

/// What the tenants are: an organization, a workspace, an account.
///
/// Implemented by `#[derive(TenantRoot)]` only. Its methods are in
/// [`Root`](crate::Root).
///
/// # Safety
///
/// As for [`Model`]; and the tenant column must be the primary key, so that a tenant sees its own
/// row and no other.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tenant root",
    label = "expected a type with `#[derive(TenantRoot)]`",
    note = "the root is the struct whose rows are the tenants, such as `Organization`"
)]
pub unsafe trait TenantRoot: Model<Root = Self> {
    /// The database that the tenants live in.
    type Database: Backend;
    /// What a [`Db`](crate::Db) has to do to keep them apart.
    type Isolation: Isolation;
    /// Whether tenants have schemas of their own.
    type Schemas: Schemas;
    /// The values of a new tenant.
    type New: Insert<Self>;
    /// Whether the database has to know the tenant.
    #[doc(hidden)]
    const RLS: bool = false;
    /// Whether tenants have databases of their own.
    #[doc(hidden)]
    const DATABASES: bool = false;
    /// Whether tenants have schemas of their own.
    #[doc(hidden)]
    const SCHEMAS: bool = false;
    /// The column that tells a tenant's row from all others for good, which storages of the tenant carry, too;
    /// empty if tenants have none.
    #[doc(hidden)]
    const MARK: &'static str = "";

    /// Named by a derive to demand that a type is a tenant root.
    #[doc(hidden)]
    const CHECKED: () = ();
    /// The condition that makes a tenant available, as SQL; empty if every row is.
    #[doc(hidden)]
    const ACTIVE: &'static str = "";

    /// What the name of a tenant's schema begins with, for models with `strategy = schema`.
    #[doc(hidden)]
    fn schema(id: &<Self::Key as Id>::Repr) -> String {
        format!("tenant_{}", id.word())
    }
}

/// A model whose rows tenants create and remove: not the tenants themselves.
///
/// # Safety
///
/// The model must not be a tenant root: its rows would be created under keys of other tenants.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the rows of `{Self}` are not created and removed by tenants",
    label = "not a model with `#[derive(TenantScoped)]`",
    note = "the rows of a tenant root are the tenants themselves; `TenantScoped` is derived, not implemented by hand"
)]
pub unsafe trait Owned: Model {
    /// Without an item, any marker trait that a program puts in the place of this one would be
    /// implemented by the derives.
    #[doc(hidden)]
    const OWNED: ();

    /// The values of a new row.
    type New<'t>: Insert<Self>;
}

/// A type that may identify a tenant or a row.
///
/// The set is closed: `Uuid`, `i32`, `i64` and `String`, and newtypes of these with
/// `#[derive(tenancy::Id)]`. Identity never goes through code of the user: an id type with an `Eq`,
/// `Clone` or `Encode` of its own could change which tenant a token stands for.
///
/// # Safety
///
/// Both conversions must be the plain field access that the derive writes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot identify a tenant or a row",
    label = "not an id type",
    note = "use `Uuid`, `i32`, `i64` or `String`, or a newtype of one of them with `#[derive(tenancy::Id)]`"
)]
pub unsafe trait Id: Sized + Send + Sync + 'static {
    /// The library-owned value that stands for the id.
    type Repr: Repr;

    /// Named by a derive to demand that a type is an id.
    #[doc(hidden)]
    const CHECKED: () = ();

    /// The value of the id.
    #[doc(hidden)]
    fn repr(&self) -> &Self::Repr;

    /// The id of a value.
    #[doc(hidden)]
    fn from_repr(repr: Self::Repr) -> Self;
}

/// The values of a new row: what the derive makes of the struct it calls `New…`.
///
/// # Safety
///
/// The columns named must be those that are bound, in the same order, and none may be the tenant
/// column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not hold the values of a new `{M}`",
    label = "expected the struct that the derive made"
)]
pub unsafe trait Insert<M: Model>: Send {
    /// The proven keys among the values; bound after everything that user code encodes.
    #[doc(hidden)]
    type References: References<<M::Root as TenantRoot>::Database>;

    /// The positions of the columns of ordinary values, in the order of binding.
    #[doc(hidden)]
    const VALUES: &'static [usize];
    /// The positions of the columns of keys, in the order of binding.
    #[doc(hidden)]
    const REFERENCES: &'static [usize];
    /// The primary key that the row gets unless another is chosen for it, if it is known before the row is
    /// there. Asked of tenant roots only.
    #[doc(hidden)]
    fn key(&self) -> Option<KeyOf<M>> {
        None
    }

    /// Whether no value is encoded by code of the user, so that binding order does not matter.
    #[doc(hidden)]
    const BUILTIN: bool;
    /// Whether the library makes up the primary key.
    #[doc(hidden)]
    const RANDOM_KEY: bool = false;

    /// Binds the values and hands back the keys. `key` is the primary key to take instead of a
    /// random one.
    #[doc(hidden)]
    fn bind(
        self,
        key: Option<KeyOf<M>>,
        binder: &mut Binder<<M::Root as TenantRoot>::Database>,
    ) -> Self::References;
}

impl<R> NewKey<R> {
    /// The key of a new row.
    ///
    /// # Safety
    ///
    /// It must be the primary key of the row, and not a reference to another.
    #[doc(hidden)]
    pub const unsafe fn chosen_by_derive(key: R) -> Self {
        Self::key(key)
    }
}

impl<M, T, const I: usize, K> Column<M, T, I, K> {
    /// The handle of column `I`.
    ///
    /// # Safety
    ///
    /// `I` must be the position of a column of type `T` and kind `K` among the fields of `M`.
    #[doc(hidden)]
    #[must_use]
    pub const unsafe fn declared_by_derive() -> Self {
        Self::handle()
    }
}

/// The database of a model's tenants.
pub type DatabaseOf<M> = <<M as Model>::Root as TenantRoot>::Database;

/// The rows of a model's database.
pub type RowOf<M> = <DatabaseOf<M> as sqlx::Database>::Row;

/// The value that identifies the tenants of a root.
pub(crate) type TenantIdOf<R> = <<R as Model>::Key as Id>::Repr;

/// The value that identifies a model's rows.
pub type KeyOf<M> = <<M as Model>::Key as Id>::Repr;
